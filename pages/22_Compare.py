"""Compare: trainings side by side, live while they learn, and two designs on equal terms."""

from dashboard import shell
from dashboard.panels.compare.panel import compare_panel

palette = shell.open_page("Compare")
compare_panel(palette)
shell.close_page("Compare")
