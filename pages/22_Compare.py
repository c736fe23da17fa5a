"""Compare: trainings side by side, live while they learn."""

from dashboard import shell
from dashboard.panels.comparison_panel import comparison_panel
from dashboard.panels.fair_comparison_panel import fair_comparison_panel

palette = shell.open_page("Compare")
comparison_panel(palette)
fair_comparison_panel(palette)
shell.close_page("Compare")
