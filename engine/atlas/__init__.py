"""Patterns of whole layers: sheets and their index, read and written."""
