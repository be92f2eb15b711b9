"""The strip of open pictures."""
