"""Filter patterns as data, readable without TensorFlow: recipes, requests, finished patterns and their store."""
