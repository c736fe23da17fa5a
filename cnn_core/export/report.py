"""A training on one page: HTML that holds everything it shows, runs nothing and fetches nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, fields
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.fields import Choice, Fraction, YesNo, domain_of, presentation_of
from cnn_core.architecture.shapes import network_figures
from cnn_core.architecture.spec import NetworkSpec, shape_text
from cnn_core.data.dataset import LabelledImages
from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.errors import ClassroomError
from cnn_core.export.report_style import STYLE
from cnn_core.export.report_svg import curve_svg, png_address
from cnn_core.inspection.confusion import confusion_matrix, largest_confusions, worst_mistakes
from cnn_core.training.adoption import RunCopy
from cnn_core.training.material import choose_material
from cnn_core.training.optimizers import OPTIMIZERS
from cnn_core.training.run import Run
from cnn_core.training.schedules import SCHEDULES

MOST_CLASSES = 20
"""A confusion matrix of more classes does not fit on the page; then the most frequent confusions are listed."""

MOST_CONFUSIONS = 20
MOST_MISTAKES = 12

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_ENDINGS = {"finished": "Finished", "stopped": "Stopped early", "failed": "Failed", "interrupted": "Interrupted"}
_NEVER_SHOWN = ("dataset", "augmentation")


@dataclass(frozen=True)
class TestAnswers:
    """What a network says of its test images.

    Args:
        test: The images and their right classes.
        probabilities: `(count, classes)`, how likely the network finds each class.
    """

    __test__ = False  # not a test class, whatever pytest makes of its name

    test: LabelledImages
    probabilities: npt.NDArray[np.floating]


def ask_about_test_images(run: Run) -> TestAnswers:
    """Ask a trained network about all test images of its data set. Imports TensorFlow; takes some seconds.

    Args:
        run: A training with weights.

    Raises:
        ClassroomError: If there are no weights, or the images cannot be read or do not fit the network.
    """
    weights = run.weights
    if weights is None:
        raise ClassroomError("This training has no weights that can be read.")
    test = choose_material(run.spec, run.settings, load_dataset(run.settings.dataset)).test
    from cnn_core.inspection.probe import NetworkProbe

    return TestAnswers(test, NetworkProbe(run.spec, weights.arrays).probabilities(test.images))


def report_page(copy: RunCopy, answers: TestAnswers | str) -> str:
    """Write the report of a training.

    Args:
        copy: The training; its weights are not looked at.
        answers: What its network says of the test images, or one sentence on why that is not known.

    Returns:
        A page of HTML. All text in it that people gave is escaped.

    Raises:
        ClassroomError: If the network cannot be built.
    """
    names = copy.class_names
    if isinstance(answers, str):
        judged = [_section("On the test images", f"<p>{escape(answers)}</p>")]
    else:
        confusion = _section("What is taken for what", _confusion(answers, names))
        judged = [f'<div class="pair">{confusion}{_section("Its worst mistakes", _mistakes(answers, names))}</div>']
    parts = [
        f"<h1>{escape(copy.title)}</h1>",
        f'<p class="faint">{_subtitle(copy)}</p>',
        _result(copy),
        f'<p class="note">{escape(copy.note)}</p>' if copy.note else "",
        _section("Design", _design(copy.spec)),
        _section("Settings", _settings(copy)),
        _section("Curves", _curves(copy)),
        *judged,
        f'<footer class="faint">{escape(_origin(copy))}</footer>',
    ]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(copy.title)}</title><style>{STYLE}</style>"
    )
    body = "\n".join(filter(None, parts))
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _subtitle(copy: RunCopy) -> str:
    figures = network_figures(copy.spec)
    date = time.strftime("%d %B %Y, %H:%M", time.localtime(copy.started_at))
    entry = DATASETS.get(copy.settings.dataset)
    images = escape(entry.title if entry is not None else copy.settings.dataset)
    return f"Trained {date} · {images} · {len(copy.spec.layers)} layers · {figures.parameters:,} parameters"


def _result(copy: RunCopy) -> str:
    snapshot, test = copy.snapshot, copy.snapshot.test
    if test is not None:
        text = (
            f"<strong>It reads {_percent(test.accuracy, 1)} of {test.count:,} test images rightly</strong>, "
            f"loss {test.loss:.4f}."
        )
    else:
        text = f"{_ENDINGS.get(snapshot.status, snapshot.status)}."
    after = f"After {snapshot.step:,} steps and {snapshot.elapsed_s:.0f} s."
    said = snapshot.message if snapshot.status == "failed" else snapshot.remark
    return f'<p class="result">{text} {after} {escape(said)}</p>'


def _section(title: str, content: str) -> str:
    return f'<section class="whole"><h2>{escape(title)}</h2>{content}</section>'


def _design(spec: NetworkSpec) -> str:
    figures = network_figures(spec)
    rows = [
        f"<tr><td>{escape(row.name)}</td><td>{escape(row.layer.title)}: {escape(row.layer.details())}</td>"
        f'<td class="number">{shape_text(row.output_shape)}</td><td class="number">{row.parameters:,}</td></tr>'
        for row in figures.layers
    ]
    return (
        '<div class="wide"><table><thead><tr><th>Layer</th><th>What it does</th><th class="number">Output</th>'
        '<th class="number">Parameters</th></tr></thead><tbody>'
        f'<tr><td>image</td><td>What comes in</td><td class="number">{shape_text(spec.input_shape)}</td><td></td></tr>'
        f"{''.join(rows)}</tbody><tfoot><tr><td colspan=2>In all, {figures.multiply_adds:,} multiply-adds an image</td>"
        f'<td></td><td class="number">{figures.parameters:,}</td></tr></tfoot></table></div>'
    )


def _settings(copy: RunCopy) -> str:
    settings, augmentation = copy.settings, copy.settings.augmentation
    rows = [*_rows(settings, _unused(copy)), *(_rows(augmentation, ()) if augmentation.is_active else ())]
    rows += [
        (f"From step {change.step + 1:,}: {change.name.replace('_', ' ')}", f"{change.value:g}")
        for change in copy.snapshot.changes
    ]
    items = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in rows)
    return f'<dl class="settings">{items}</dl>'


def _unused(copy: RunCopy) -> set[str]:
    """The settings of other optimisers and schedules than the chosen ones."""
    settings = copy.settings
    owned = {name for kind in OPTIMIZERS.values() for name in kind.fields}
    owned |= {name for kind in SCHEDULES.values() for name in kind.fields}
    return owned - {*OPTIMIZERS[settings.optimizer].fields, *SCHEDULES[settings.schedule].fields}


def _rows(record: Any, left_out: Iterable[str]) -> list[tuple[str, str]]:
    names = [f.name for f in fields(record) if f.name not in (*_NEVER_SHOWN, *left_out)]
    return [(presentation_of(record, name).label, _value(record, name)) for name in names]


def _value(record: Any, name: str) -> str:
    value = getattr(record, name)
    match domain_of(record, name):
        case Choice() as choice:
            return choice.title(value)
        case YesNo():
            return "yes" if value else "no"
        case Fraction():
            return f"{value:g}"
    return f"{value:,}"


def _curves(copy: RunCopy) -> str:
    snapshot = copy.snapshot
    steps = [epoch.step for epoch in snapshot.epochs]
    loss = curve_svg("Loss", snapshot.batch_loss, steps, [epoch.val_loss for epoch in snapshot.epochs])
    values = [epoch.val_accuracy for epoch in snapshot.epochs]
    accuracy = curve_svg("Accuracy", snapshot.batch_accuracy, steps, values, highest=1.0)
    return (
        f'<div class="curves"><figure><figcaption>Loss</figcaption>{loss}</figure>'
        f"<figure><figcaption>Accuracy</figcaption>{accuracy}</figure></div>"
        '<p class="faint"><span class="key"></span>what it learns from, batch by batch'
        '<span class="key validation"></span>validation images, after each epoch</p>'
    )


def _confusion(answers: TestAnswers, names: tuple[str, ...]) -> str:
    matrix = confusion_matrix(answers.probabilities, answers.test.labels)
    if len(matrix) > MOST_CLASSES:
        return _confusion_list(matrix, names)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = []
    for label, counts in enumerate(matrix):
        total = max(int(counts.sum()), 1)
        cells = "".join(_cell(int(number), int(number) / total, guess == label) for guess, number in enumerate(counts))
        rows.append(f'<tr><th scope="row">{escape(names[label])}</th>{cells}</tr>')
    return (
        '<p class="faint">A row is what the images show, a column what the network says of them.</p>'
        f'<div class="wide"><table class="confusion"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(number: int, share: float, is_right: bool) -> str:
    if not number:
        return '<td class="faint">·</td>'
    # A few mistakes must be seen beside many right answers: the power makes small shares stand out.
    colour = "right" if is_right else "wrong"
    return f'<td style="background: rgba(var(--{colour}), {0.08 + 0.5 * share**0.4:.2f})">{number:,}</td>'


def _confusion_list(matrix: npt.NDArray[np.int64], names: tuple[str, ...]) -> str:
    confused = largest_confusions(matrix, MOST_CONFUSIONS)
    if not confused:
        return "<p>Nothing is taken for something else.</p>"
    rows = "".join(
        f"<tr><td>{escape(names[one.label])}</td><td>{escape(names[one.guess])}</td>"
        f'<td class="number">{one.count:,} of {one.images:,}</td></tr>'
        for one in confused
    )
    return f"<table><thead><tr><th>It is</th><th>It says</th><th></th></tr></thead><tbody>{rows}</tbody></table>"


def _mistakes(answers: TestAnswers, names: tuple[str, ...]) -> str:
    mistakes = worst_mistakes(answers.probabilities, answers.test.labels, MOST_MISTAKES)
    if not mistakes:
        return "<p>It reads every test image rightly.</p>"
    figures = "".join(
        f'<figure><img alt="test image {mistake.index}" src="{png_address(answers.test.images[mistake.index])}">'
        f"<figcaption>It says <strong>{escape(names[mistake.guess])}</strong>, "
        f"{_percent(mistake.guess_probability, 0)} sure. It is <strong>{escape(names[mistake.label])}</strong>, "
        f"{_percent(mistake.label_probability, 1)}.</figcaption></figure>"
        for mistake in mistakes
    )
    return (
        '<p class="faint">The test images on which it is surest of something wrong, the worst first.</p>'
        f'<div class="mistakes">{figures}</div>'
    )


def _origin(copy: RunCopy) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in copy.versions.items())
    return f"Written by CNN Classroom{f'; trained with {versions}' if versions else ''}."


def _percent(share: float, digits: int) -> str:
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"
