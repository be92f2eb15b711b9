"""A file or bytes to RGB pixels, fitted to a network's input."""
