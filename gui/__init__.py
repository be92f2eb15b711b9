"""What the person sees. Qt and pyqtgraph are used here and nowhere else."""
