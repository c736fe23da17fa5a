"""Compare: trainings side by side, live while they learn."""

from dashboard import shell
from dashboard.panels.comparison_panel import comparison_panel

palette = shell.open_page("Compare")
comparison_panel(palette)
shell.close_page("Compare")
