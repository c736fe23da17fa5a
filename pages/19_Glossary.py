"""Glossary: what the words of the field mean, each with an example that can be checked by hand."""

from dashboard import shell
from dashboard.panels.glossary_panel import glossary_panel

shell.open_page("Glossary")
glossary_panel()
shell.close_page("Glossary")
