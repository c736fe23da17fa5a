"""Judge an image: a picture that somebody brings, the verdict, and what the network looked at."""

from dashboard import shell
from dashboard.panels.judge_panel import judge_panel

palette = shell.open_page("Judge_an_image")
judge_panel(palette, shell.require_backend)
shell.close_page("Judge_an_image")
