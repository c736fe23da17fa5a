"""Over-fitting: with few images a network remembers them instead of understanding; some things help."""

from dashboard import shell
from dashboard.lessons.frame import lesson_panel
from dashboard.lessons.overfitting import LESSON

palette = shell.open_page("Overfitting")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("Overfitting")
