"""Draw a digit: the canvas, the way from stroke to number, the verdict, and teaching."""
