"""The limit of memory, and what things take of it."""
