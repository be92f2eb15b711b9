"""Small parts that any view may use."""
