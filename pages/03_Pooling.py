"""Pooling: a window walks over a feature map and keeps one number of each place."""

from dashboard import shell
from dashboard.lessons.frame import lesson_panel
from dashboard.lessons.pooling import LESSON

palette = shell.open_page("Pooling")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("Pooling")
