"""What draws maps and pictures: pyqtgraph and pixels."""
