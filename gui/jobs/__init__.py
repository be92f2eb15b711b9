"""The QThread workers, and what they hand on."""
