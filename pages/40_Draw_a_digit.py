"""Draw a digit: the network reads what is drawn, while it is drawn."""

from dashboard import shell
from dashboard.panels.draw.drawings import keep_person
from dashboard.panels.draw.panel import drawing_page

# No refreshing on this page: with every refresh the whole drawing would travel to the server again.
palette = shell.open_page("Draw_a_digit", is_polling=False)
drawing_page(palette, shell.require_backend)
keep_person()
shell.close_page("Draw_a_digit")
