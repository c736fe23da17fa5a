"""Convolution: a small kernel walks along; at every place it multiplies, adds up, and writes one number."""

from dashboard import shell
from dashboard.lessons.convolution import LESSON
from dashboard.lessons.frame import lesson_panel

palette = shell.open_page("Convolution")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("Convolution")
