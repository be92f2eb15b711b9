"""Filter patterns: pictures, made by gradient ascent, that a filter responds to strongly.

`recipes`, `objectives` and `records` are readable without TensorFlow; `ascent` runs on the thread that calls it.
"""
