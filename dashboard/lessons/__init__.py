"""The lessons: one concept each, as something that one operates."""
