"""A network as a value: its input, its layers and their receptive fields, its classes."""
