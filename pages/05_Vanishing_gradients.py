"""Vanishing gradients: each layer passes the gradient on to the one before it, and often only a part of it."""

from dashboard import shell
from dashboard.lessons.frame import lesson_panel
from dashboard.lessons.vanishing_gradients import LESSON

palette = shell.open_page("Vanishing_gradients")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("Vanishing_gradients")
