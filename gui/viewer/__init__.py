"""One channel, large."""
