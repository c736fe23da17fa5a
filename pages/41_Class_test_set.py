"""Class test set: drawings of the room, and the networks ranked on them."""

from dashboard import shell
from dashboard.panels.class_test_set_panel import class_test_set_panel

palette = shell.open_page("Class_test_set")
class_test_set_panel(palette)
shell.close_page("Class_test_set")
