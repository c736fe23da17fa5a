"""Data sets: looked at, brought, drawn, fetched."""
