"""What leaves the window: exports, drags and copies."""
