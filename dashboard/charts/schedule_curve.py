"""The learning rate over a whole training, as a small picture."""

from __future__ import annotations

import base64

import numpy as np
import numpy.typing as npt

from dashboard.palette import Palette
from dashboard.words import count, plain

WIDTH, HEIGHT = 300, 90


def schedule_curve_html(curve: npt.NDArray[np.float64], palette: Palette) -> str:
    """Draw a schedule, from 0 to its largest learning rate, with both written beside it.

    Args:
        curve: `(2, points)`, steps and learning rates, as `cnn_core.training.schedules.schedule_curve` gives them.
        palette: The theme's colours.

    Returns:
        HTML: a picture that takes the width there is.
    """
    steps, rates = curve
    last, peak = max(float(steps[-1]), 1.0), float(rates.max())
    places = zip(steps / last * WIDTH, HEIGHT - rates / peak * (HEIGHT - 4) - 2, strict=True)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    words = (
        f"Learning rate from {plain(rates[0])} at the first step to {plain(rates[-1])} at step {count(last + 1)}; "
        f"largest {plain(peak)}."
    )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<line x1="0" y1="{HEIGHT - 0.5}" x2="{WIDTH}" y2="{HEIGHT - 0.5}" stroke="{palette.muted}"/>'
        f'<polyline points="{points}" fill="none" stroke="{palette.training}" stroke-width="2.5"/></svg>'
    )
    # Streamlit takes drawings out of HTML, but leaves images in.
    address = f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"
    return (
        f'<figure style="margin:0"><img src="{address}" alt="{words}" style="display:block;width:100%;max-width:24rem">'
        f'<figcaption style="font-size:.875rem">{words}</figcaption></figure>'
    )
