"""From a drawing, or a photo of one, to the small picture that a network sees.

`ink` finds what is drawn, `photo` finds it on paper under uneven light, `shaping` cuts out, thickens, scales and
centres, `preprocessing` joins them as networks need it, and `way` lets each step be left out.
"""

from cnn_core.drawing.ink import find_ink, stroke_width
from cnn_core.drawing.preprocessing import DrawingSteps, preprocess_drawing
from cnn_core.drawing.shaping import centre_by_mass

__all__ = ["DrawingSteps", "centre_by_mass", "find_ink", "preprocess_drawing", "stroke_width"]
