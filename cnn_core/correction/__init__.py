"""Drawings that were corrected, and networks that learn from them."""
