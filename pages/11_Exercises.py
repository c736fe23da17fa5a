"""Exercises: questions about a real network."""

from dashboard import shell
from dashboard.panels.exercises.panel import exercise_panel

palette = shell.open_page("Exercises")
exercise_panel(palette, shell.require_backend)
shell.close_page("Exercises")
