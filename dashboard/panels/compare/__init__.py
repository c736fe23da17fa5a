"""Trainings side by side, and two designs compared fairly."""
