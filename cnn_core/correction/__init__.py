"""Drawings that people have labelled: kept, taught to a copy of a network, and taken along."""
