"""Theme, palettes, icons and painting."""
