"""Kinds of picture files: which are opened, which are decoded here, and which are refused."""
