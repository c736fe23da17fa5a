"""The textbook in NumPy: what layers do, each also as a list of steps that a page can play."""
