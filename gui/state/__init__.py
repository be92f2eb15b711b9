"""What is chosen, remembered and waiting; no widgets."""
