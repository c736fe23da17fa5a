"""Pieces of page, in a folder for each page; those that pages share lie here."""
