"""Softmax and loss: logits become probabilities, and the probability of the right class becomes the loss."""

from dashboard import shell
from dashboard.lessons.frame import lesson_panel
from dashboard.lessons.softmax_and_loss import LESSON

palette = shell.open_page("Softmax_and_loss")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("Softmax_and_loss")
