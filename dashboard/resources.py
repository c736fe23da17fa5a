"""Cached wrappers around what `cnn_core` takes long to do, and the memory of its answers."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import numpy.typing as npt
import streamlit as st

from cnn_core.architecture.deep_stack import DeepStack
from cnn_core.data.own.preview import Preview, look
from cnn_core.data.survey.job import SurveyJob, Tell, start_survey
from cnn_core.networks import TrainedNetwork, starter_network
from cnn_core.training.examination import Moments, examine
from cnn_core.training.gradient_survey import GradientSurvey, survey_gradients
from cnn_core.training.recall import recall_of
from cnn_core.training.run import Run

if TYPE_CHECKING:
    from cnn_core.inspection.gradients import NetworkGradients
    from cnn_core.inspection.probe import NetworkProbe

MOST_PROBES = 12
MOST_PREVIEWS = 6
MOST_ANSWER_BYTES = 256_000_000
"""So much memory answers may take, all together; one that takes more by itself is not kept."""

PART_BYTES = 64
"""So much is counted for every part of an answer, whatever it is; the numbers of an array come on top."""

T = TypeVar("T")


class _Answers:
    """What has been found out; where it gets too much, what nobody has asked for the longest time goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def recall(self, key: Hashable) -> object:
        """Return an answer.

        Raises:
            KeyError: If it is not kept, or not any more.
        """
        with self._lock:
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def keep(self, key: Hashable, answer: object) -> None:
        """Keep an answer, unless it is too large."""
        size = _bytes_of((key, answer))
        if size > MOST_ANSWER_BYTES:
            return
        with self._lock:
            # Two sessions may have found out the same at once.
            _, before = self._kept.pop(key, (None, 0))
            self._kept[key] = answer, size
            self._bytes += size - before
            while self._bytes > MOST_ANSWER_BYTES:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed


_answers = _Answers()


def own_preview(path: Path) -> Preview:
    """Return a look at what somebody brings; looked at once, as long as it does not change.

    Raises:
        ClassroomError: If nothing can be made of it.
    """
    changed_ns = path.stat().st_mtime_ns if path.exists() else 0
    return _own_preview(str(path), changed_ns)


@st.cache_resource(max_entries=MOST_PREVIEWS, show_spinner="Looking at the files")
def _own_preview(path: str, changed_ns: int) -> Preview:
    return look(Path(path))


@st.cache_resource(show_spinner=False)
def starter() -> TrainedNetwork:
    """Return the network that ships with the app; its files are read once."""
    return starter_network()


def health(run: Run) -> Moments:
    """Return how a run's layers did at its start and do now; measured once for each state of its weights.

    Raises:
        ClassroomError: If the images cannot be read.
    """
    weights = run.weights
    return _health(run.id, weights.step, run) if weights is not None else ()


@st.cache_resource(max_entries=MOST_PROBES, show_spinner="Looking at every layer")
def _health(run_id: str, step: int, _run: Run) -> Moments:
    return examine(_run)


def probe(network: TrainedNetwork) -> NetworkProbe:
    """Return the built network, ready to be looked into; built once for each state of its weights."""
    return _probe(network.id, network.step, network)


@st.cache_resource(max_entries=MOST_PROBES, show_spinner=False)
def _probe(network_id: str, step: int, _network: TrainedNetwork) -> NetworkProbe:
    # Imported here because it brings TensorFlow along: pages without a network never wait for it.
    from cnn_core.inspection.probe import NetworkProbe

    return NetworkProbe(_network.spec, _network.weights)


def gradients(network: TrainedNetwork) -> NetworkGradients:
    """Return the network, ready to say what its answer hangs on; made once for each state of its weights."""
    return _gradients(network.id, network.step, network)


@st.cache_resource(max_entries=MOST_PROBES, show_spinner=False)
def _gradients(network_id: str, step: int, _network: TrainedNetwork) -> NetworkGradients:
    from cnn_core.inspection.gradients import NetworkGradients

    return NetworkGradients(_network.spec, _network.weights)


def answer(
    question: str,
    network: TrainedNetwork,
    pixels: npt.NDArray[np.uint8] | None,
    details: Hashable,
    find: Callable[[], T],
) -> T:
    """Return what is known about a network and an image, and find it out if nobody has asked yet.

    While it is being found, the page may draw its progress: unlike in Streamlit's own cache, `find` may write to it.

    Args:
        question: What is asked, as `"occlusion"`.
        network: The network; its id and step tell it from others.
        pixels: The image; nothing where the answer does not depend on one.
        details: What else the answer depends on.
        find: Finds it out.
    """
    image = None if pixels is None else (pixels.shape, pixels.tobytes())
    key = (question, network.id, network.step, image, details)
    with contextlib.suppress(KeyError):
        return cast(T, _answers.recall(key))
    found = find()
    _answers.keep(key, found)
    return found


def recall(run: Run) -> float | None:
    """Return the share of the images it learned from that an ended run's network reads rightly; found out once.

    Raises:
        ClassroomError: If the images cannot be read.
    """
    key = ("recall", run.id, run.weights.step if run.weights is not None else None)
    with contextlib.suppress(KeyError):
        return cast("float | None", _answers.recall(key))
    found = recall_of(run)
    _answers.keep(key, found)
    return found


def gradient_survey(stack: DeepStack, tell: Callable[[float], None]) -> GradientSurvey:
    """Return the gradients of a deep network's layers before its first step; measured once for each network.

    Args:
        stack: The network.
        tell: Is told which share is done, where it has to be measured.

    Raises:
        ClassroomError: If the images cannot be read.
    """
    key = ("gradients", stack)
    with contextlib.suppress(KeyError):
        return cast("GradientSurvey", _answers.recall(key))
    found = survey_gradients(stack, tell)
    _answers.keep(key, found)
    return found


def survey(key: Hashable, work: Callable[[Tell], T], most_s: float, person: str) -> T | SurveyJob[T]:
    """Return what was found by looking through a data set, or the search for it, which goes on behind the page.

    Args:
        key: What is asked about which data set.
        work: Finds it out; it may hold nothing of a page or a session.
        most_s: How long to wait for a search that has just begun.
        person: Who asks; a search that everybody has left ends.

    Raises:
        Exception: What the work has raised.
    """
    with contextlib.suppress(KeyError):
        return cast(T, _answers.recall(key))

    def keep(tell: Tell) -> T:
        found = work(tell)
        _answers.keep(key, found)  # also when everybody has gone on to another page
        return found

    job = start_survey(key, keep, person)
    return job.result() if job.wait(most_s) else job


def _bytes_of(answer: object) -> int:
    """Return roughly how much memory something takes: each of its arrays once, and a little for every part."""
    size = 0
    counted: dict[int, object] = {}
    waiting = [answer]
    while waiting:
        part = waiting.pop()
        size += PART_BYTES
        if isinstance(part, np.ndarray) and isinstance(part.base, np.ndarray):
            part = part.base  # a part of an array keeps the whole of it
        if id(part) in counted:
            continue
        counted[id(part)] = part
        if isinstance(part, np.ndarray):
            size += part.nbytes
        elif isinstance(part, bytes):
            size += len(part)
        elif isinstance(part, tuple | list):
            waiting.extend(part)
        elif isinstance(part, dict):
            waiting.extend(part.values())
        elif is_dataclass(part) and not isinstance(part, type):
            waiting.extend(getattr(part, field.name) for field in fields(part))
    return size
