"""Class test set: drawings of the room, and the networks ranked on them."""

from dashboard import shell
from dashboard.panels.rooms.panel import class_test_set_panel

# No refreshing on this page: with every refresh the drawing would travel to the server again.
palette = shell.open_page("Class_test_set", is_polling=False)
class_test_set_panel(palette)
shell.close_page("Class_test_set")
