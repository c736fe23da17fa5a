"""What an evaluation found, as tables to take home."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from cnn_core.evaluation.class_figures import class_figures
from cnn_core.evaluation.judged import JudgedImages
from cnn_core.evaluation.predictions import Predictions
from cnn_core.evaluation.stress import StressCurve
from cnn_core.inspection.perturbation import PERTURBATIONS


def class_csv(predictions: Predictions, names: Sequence[str]) -> str:
    """Write precision, recall and F1 of each class; what cannot be said stays empty.

    Args:
        predictions: What the network says.
        names: One name a class.
    """
    rows = []
    for one in class_figures(predictions.confusion):
        interval = one.recall_interval
        ends = (None, None) if interval is None else (interval.low, interval.high)
        shares = [_number(share) for share in (one.precision, one.recall, one.f1, *ends)]
        rows.append([names[one.class_index], one.images, one.named, one.right, *shares])
    head = ["class", "images", "named", "right", "precision", "recall", "F1", "recall from (95 %)", "recall to (95 %)"]
    return _table(head, rows)


def confusion_csv(predictions: Predictions, names: Sequence[str]) -> str:
    """Write the confusion matrix: a row for what images are, a column for what the network says.

    Args:
        predictions: What the network says.
        names: One name a class.
    """
    rows = [[name, *counts] for name, counts in zip(names, predictions.confusion.tolist(), strict=True)]
    return _table(["it is \\ it says", *names], rows)


def predictions_csv(predictions: Predictions, judged: JudgedImages) -> str:
    """Write what the network says of each image.

    Args:
        predictions: What it says.
        judged: The images.
    """
    names = judged.class_names
    columns = zip(
        judged.places.tolist(),
        predictions.labels.tolist(),
        predictions.guesses.tolist(),
        predictions.losses.tolist(),
        predictions.probabilities.tolist(),
        strict=True,
    )
    rows = (
        [place + 1, names[label], names[guess], _number(loss), *(_number(share) for share in shares)]
        for place, label, guess, loss, shares in columns
    )
    return _table(["image", "it is", "it says", "loss", *(f"probability of {name}" for name in names)], rows)


def stress_csv(curves: Sequence[StressCurve]) -> str:
    """Write the accuracy at each strength of each change, with its 95 % interval.

    Args:
        curves: What was found.
    """
    rows = [
        [PERTURBATIONS[curve.slug].title, f"{value:g}", PERTURBATIONS[curve.slug].unit, right, curve.total]
        + [_number(share) for share in (right / curve.total, interval.low, interval.high)]
        for curve in curves
        for value, right, interval in zip(curve.values.tolist(), curve.right.tolist(), curve.intervals, strict=True)
    ]
    head = ["change", "by", "unit", "right", "images", "accuracy", "from (95 %)", "to (95 %)"]
    return _table(head, rows)


def _number(share: float | None) -> str:
    return "" if share is None else f"{share:.6g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
