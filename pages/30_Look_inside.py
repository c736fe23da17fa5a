"""Look inside: what a network sees in one image, and why it decides as it does."""

from dashboard import shell
from dashboard.panels.inside.panel import inside_scene

palette = shell.open_page("Look_inside")
inside_scene(palette, shell.require_backend)
shell.close_page("Look_inside")
