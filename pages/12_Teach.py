"""Teach: lesson plans, large type, controls out of sight."""

from dashboard import shell
from dashboard.panels.teach.panel import teach_panel

shell.open_page("Teach")
teach_panel()
shell.close_page("Teach")
