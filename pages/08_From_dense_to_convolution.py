"""From dense to convolution: a convolution is a dense layer with most weights left out and the rest shared."""

from dashboard import shell
from dashboard.lessons.frame import lesson_panel
from dashboard.lessons.from_dense_to_convolution import LESSON

palette = shell.open_page("From_dense_to_convolution")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("From_dense_to_convolution")
