"""Learning: one image, one loss, one gradient for every weight, one small step downhill."""

from dashboard import shell
from dashboard.lessons.frame import lesson_panel
from dashboard.lessons.learning import LESSON

palette = shell.open_page("Learning")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("Learning")
