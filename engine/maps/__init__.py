"""Feature maps to levels, numbers and colours."""
