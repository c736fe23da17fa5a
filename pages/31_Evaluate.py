"""Evaluate: how good a network is, and where it fails."""

from dashboard import shell
from dashboard.panels.evaluate.panel import evaluate_panel

palette = shell.open_page("Evaluate")
evaluate_panel(palette, shell.require_backend)
shell.close_page("Evaluate")
