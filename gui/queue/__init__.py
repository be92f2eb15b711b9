"""The list of pattern orders."""
