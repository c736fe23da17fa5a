"""Evaluate: how good a network is, and on which pictures it is not."""
