"""About, licences, messages and errors."""
