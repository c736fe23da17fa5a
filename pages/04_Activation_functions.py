"""Activation functions: without one, a hundred layers could do no more than a single one."""

from dashboard import shell
from dashboard.lessons.activation_functions import LESSON
from dashboard.lessons.frame import lesson_panel

palette = shell.open_page("Activation_functions")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("Activation_functions")
