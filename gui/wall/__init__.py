"""All channels of a layer on one canvas."""
