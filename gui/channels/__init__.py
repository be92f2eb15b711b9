"""The gallery: one tile a channel."""
