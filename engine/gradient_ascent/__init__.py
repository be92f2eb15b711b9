"""Forms patterns by gradient ascent, with TensorFlow, on the thread that calls `ascent`."""
