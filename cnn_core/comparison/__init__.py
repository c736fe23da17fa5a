"""Several trainings side by side: their curves on one axis, their figures, and the settings in which they differ."""
