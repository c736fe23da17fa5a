"""Exercises about a real network, and their sheets."""
