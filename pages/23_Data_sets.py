"""Data sets: what the networks learn from."""

from dashboard import shell
from dashboard.panels.data_sets.panel import data_sets_panel

palette = shell.open_page("Data_sets")
data_sets_panel(palette)
shell.close_page("Data_sets")
