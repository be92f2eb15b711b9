"""Maps and patterns to files, and the manifests beside them."""
