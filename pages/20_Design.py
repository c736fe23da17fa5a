"""Design: choose the layers of a network, with their shapes, costs and reach beside them."""

from dashboard import shell
from dashboard.panels.design.panel import designer_panel

palette = shell.open_page("Design")
designer_panel(palette)
shell.close_page("Design")
