"""Data sets that people bring: read with care, split, and kept decoded in the data folder."""
