"""Teach: lesson plans, large type, controls out of sight."""

from dashboard import shell
from dashboard.lessons.plan_words import choice_words
from dashboard.panels.teach.panel import teach_panel

shell.open_page("Teach")
teach_panel(choice_words)
shell.close_page("Teach")
