"""Data sets that are drawn in the app: own classes, a few dozen drawings each."""
