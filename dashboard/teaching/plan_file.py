"""A lesson plan as a file: JSON that a teacher can write by hand, read with care since anybody may have written it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from cnn_core.architecture.address import spec_from_address, spec_to_address
from cnn_core.architecture.presets import PRESETS
from cnn_core.architecture.shapes import network_figures
from cnn_core.data.registry import dataset_entry
from cnn_core.errors import ClassroomError
from cnn_core.training.address import settings_from_address, settings_to_address
from cnn_core.training.data_choice import settings_with_data
from cnn_core.training.settings import TrainingSettings
from dashboard.navigation import PAGES
from dashboard.state import DATASET_PARAMETER, DESIGN_PARAMETERS, NETWORK_PARAMETER, SETTINGS_PARAMETER
from dashboard.teaching.hiding import GROUPS
from dashboard.teaching.plan import Plan, Step
from dashboard.teaching.settings import SETTINGS, allowed_words, is_setting

FORMAT = "cnn-classroom-plan"
VERSION = 1
MOST_BYTES = 65_536
MOST_STEPS = 60
MOST_MINUTES = 240
LONGEST_TITLE, LONGEST_TEXT = 80, 500
PRESET = "preset"

REMEDY = "Put it right in the file, or begin with one of the plans that ship: each can be downloaded."
_PLAN_FIELDS = ("format", "version", "title", "minutes", "steps")
_STEP_FIELDS = ("page", "minutes", "text", "settings", "design", "hide")

T = TypeVar("T")


def plan_from_bytes(data: bytes) -> Plan:
    """Read a plan from a file.

    Args:
        data: What is in the file.

    Returns:
        The plan, all of whose pages, settings, designs and groups there are.

    Raises:
        ClassroomError: If the file is too large, no JSON, or not a plan; one sentence names the first thing wrong.

    Example:
        >>> text = '{"format": "cnn-classroom-plan", "version": 1, "title": "Short", "minutes": 2, "steps": '
        >>> plan_from_bytes((text + '[{"page": "Start", "minutes": 2, "text": "Train."}]}').encode()).steps[0].page
        'Start'
    """
    if len(data) > MOST_BYTES:
        raise ClassroomError(f"A lesson plan has {MOST_BYTES // 1024} kB at most; this file is larger.", REMEDY)
    try:
        raw = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ClassroomError("This file is not a lesson plan: it cannot be read as JSON.", REMEDY) from None
    fields = _fields(raw, "The plan", _PLAN_FIELDS, ("format", "version", "title", "minutes", "steps"))
    if fields["format"] != FORMAT:
        raise ClassroomError(f"This file is not a lesson plan: its “format” is not “{FORMAT}”.", REMEDY)
    if type(fields["version"]) is not int or fields["version"] != VERSION:
        raise ClassroomError(f"Only lesson plans of version {VERSION} are read here.", REMEDY)
    title = _text(fields["title"], "The plan’s title", LONGEST_TITLE)
    steps = _typed(fields["steps"], list, "The plan’s “steps” must be a list.")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise ClassroomError(f"A lesson plan has 1 to {MOST_STEPS} steps.", REMEDY)
    plan = Plan(title, tuple(_step(step, number) for number, step in enumerate(steps, start=1)))
    said = _whole(fields["minutes"], "The plan’s minutes", MOST_STEPS * MOST_MINUTES)
    if said != plan.minutes:
        raise ClassroomError(f"The plan says {said} minutes, but its steps add up to {plan.minutes}.", REMEDY)
    return plan


def plan_to_text(plan: Plan) -> str:
    """Write a plan as `plan_from_bytes` reads it.

    Example:
        >>> plan = Plan("Short", (Step("Start", 2, "Train.", {"inside.view": "maps"}, hidden=("menu",)),))
        >>> plan_from_bytes(plan_to_text(plan).encode()) == plan
        True
    """
    head = {"format": FORMAT, "version": VERSION, "title": plan.title, "minutes": plan.minutes}
    steps = [
        {"page": step.page, "minutes": step.minutes, "text": step.text}
        | ({"settings": dict(step.settings)} if step.settings else {})
        | ({"design": dict(step.design)} if step.design else {})
        | ({"hide": list(step.hidden)} if step.hidden else {})
        for step in plan.steps
    ]
    return json.dumps(head | {"steps": steps}, ensure_ascii=False, indent=2) + "\n"


def _step(raw: object, number: int) -> Step:
    where = f"Step {number}"
    fields = _fields(raw, where, _STEP_FIELDS, ("page", "minutes", "text"))
    pages = [entry.slug for entry in PAGES]
    if fields["page"] not in pages:
        raise ClassroomError(f"{where} names a page that does not exist.", f"Pages are {', '.join(pages)}.")
    return Step(
        fields["page"],
        _whole(fields["minutes"], f"{where}’s minutes", MOST_MINUTES),
        _text(fields["text"], f"{where}’s text", LONGEST_TEXT),
        _settings(fields.get("settings", {}), where),
        _design(fields.get("design", {}), where),
        _hidden(fields.get("hide", []), where),
    )


def _settings(raw: object, where: str) -> Mapping[str, object]:
    settings = _typed(raw, dict, f"{where}’s “settings” must be names with values.")
    for name, value in settings.items():
        if name not in SETTINGS:
            raise ClassroomError(
                f"{where} sets something that a plan cannot set.", f"It can set {', '.join(SETTINGS)}."
            )
        if not is_setting(name, value):
            allowed = allowed_words(SETTINGS[name])
            raise ClassroomError(f"{where} gives “{name}” a value that it cannot have.", f"It can have {allowed}.")
    return MappingProxyType(settings)


def _design(raw: object, where: str) -> Mapping[str, str]:
    """Read a design: a ready-made network, or the parts of an address that the page Design gives."""
    design = _fields(raw, f"{where}’s “design”", (PRESET, *DESIGN_PARAMETERS), ())
    for name, value in design.items():
        _typed(value, str, f"{where}’s “design” must give texts.")
        if name == PRESET and (len(design) > 1 or value not in PRESETS):
            slugs = f"The networks are {', '.join(PRESETS)}."
            raise ClassroomError(f"{where} must name one ready-made network that there is, and nothing with it.", slugs)
    try:
        design_parameters(design)
    except ClassroomError as error:
        raise ClassroomError(f"{where} has a design that cannot be read. {error.problem}", REMEDY) from None
    return MappingProxyType(design)


def design_parameters(design: Mapping[str, str]) -> dict[str, str]:
    """Return what a step's design puts into the address.

    Raises:
        ClassroomError: If a network, settings or a data set cannot be read.

    Example:
        >>> design_parameters({"net": "2_28x28x1_F_Nu10a8"})
        {'net': '2_28x28x1_F_Nu10a8'}
        >>> sorted(design_parameters({"preset": "first"}))
        ['data', 'net', 'train']
    """
    if PRESET in design:
        preset = PRESETS[design[PRESET]]
        settings = settings_with_data(preset)
        texts = (spec_to_address(preset.spec), settings_to_address(settings), settings.dataset)
        return dict(zip((NETWORK_PARAMETER, SETTINGS_PARAMETER, DATASET_PARAMETER), texts, strict=True))
    if NETWORK_PARAMETER in design:
        network_figures(spec_from_address(design[NETWORK_PARAMETER]))
    dataset = dataset_entry(design.get(DATASET_PARAMETER, TrainingSettings.dataset)).slug
    if SETTINGS_PARAMETER in design:
        settings_from_address(design[SETTINGS_PARAMETER], dataset)
    return dict(design)


def _hidden(raw: object, where: str) -> tuple[str, ...]:
    groups = _typed(raw, list, f"{where}’s “hide” must be a list.")
    if any(type(group) is not str or group not in GROUPS for group in groups):
        raise ClassroomError(f"{where} hides something that cannot be hidden.", f"It can hide {', '.join(GROUPS)}.")
    return tuple(dict.fromkeys(groups))


def _fields(raw: object, where: str, known: Collection[str], needed: Collection[str]) -> dict[str, Any]:
    fields: dict[str, Any] = _typed(raw, dict, f"{where} must be an object: names with values, in braces.")
    if not set(fields) <= set(known):
        raise ClassroomError(f"{where} has a name that is not known here.", f"Known are {', '.join(known)}.")
    for name in needed:
        if name not in fields:
            raise ClassroomError(f"{where} has no “{name}”.", REMEDY)
    return fields


def _text(raw: object, what: str, most: int) -> str:
    words = f"{what} must be a text of 1 to {most} characters."
    text = _typed(raw, str, words).strip()
    if not 1 <= len(text) <= most or any(
        (ord(sign) < 32 and sign != "\n") or 0xD800 <= ord(sign) < 0xE000 for sign in text
    ):
        raise ClassroomError(words, REMEDY)
    return text


def _whole(raw: object, what: str, most: int) -> int:
    words = f"{what} must be a whole number from 1 to {most:,}."
    number = _typed(raw, int, words)
    if not 1 <= number <= most:
        raise ClassroomError(words, REMEDY)
    return number


def _typed(raw: object, kind: type[T], words: str) -> T:
    if type(raw) is not kind:  # True is an int to `isinstance`
        raise ClassroomError(words, REMEDY)
    return raw
