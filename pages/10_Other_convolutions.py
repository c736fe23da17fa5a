"""Other convolutions: 1×1, depthwise-separable, dilated and transposed: other walks, other costs."""

from dashboard import shell
from dashboard.lessons.frame import lesson_panel
from dashboard.lessons.other_convolutions import LESSON

palette = shell.open_page("Other_convolutions")
lesson_panel(LESSON, palette, shell.require_backend)
shell.close_page("Other_convolutions")
