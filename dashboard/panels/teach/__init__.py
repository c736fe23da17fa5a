"""Teaching by a plan: its choice, and the bar that leads through it."""
