"""A lesson plan: steps that lead through the pages, each with its settings and what to say and do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Step:
    """One step of a lesson.

    Args:
        page: The page's address in `navigation.PAGES`.
        minutes: How long it takes, in whole minutes.
        text: What to say and do, in a few plain sentences.
        settings: What is chosen on the pages, by names of `settings.SETTINGS`.
        design: What the step puts into the address: network, training settings, data set.
        hidden: Which groups of `hiding.GROUPS` are out of sight.
    """

    page: str
    minutes: int
    text: str
    settings: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    design: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A whole lesson.

    Args:
        title: Its name.
        steps: What is shown, said and done, one after the other; at least one.

    Example:
        >>> Plan("Two steps", (Step("Start", 3, "Train."), Step("Draw_a_digit", 4, "Draw."))).minutes
        7
    """

    title: str
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        """How long the whole lesson takes."""
        return sum(step.minutes for step in self.steps)

    def settings_at(self, number: int) -> dict[str, object]:
        """Return what is chosen at a step when all steps before it have been taken.

        So a step that is opened by its address looks as it does in the lesson.

        Args:
            number: The step, from 1.
        """
        return {name: value for step in self.steps[:number] for name, value in step.settings.items()}

    def design_at(self, number: int) -> dict[str, str]:
        """Return the newest design that a step or one before it names; nothing if none does.

        Args:
            number: The step, from 1.
        """
        named = [step.design for step in self.steps[:number] if step.design]
        return dict(named[-1]) if named else {}
