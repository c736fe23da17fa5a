"""Asking the networks of a board, in the background: one after the other, so that nobody's page waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnn_core.architecture.shapes import network_figures
from cnn_core.errors import ClassroomError
from cnn_core.networks import STARTER_ID, TrainedNetwork, network_of_run, starter_network
from cnn_core.room.acquaintance import check_origin, drawings_seen, seen_words
from cnn_core.room.board import answers_of, is_answered, no_answers
from cnn_core.room.limits import MOST_PARAMETERS
from cnn_core.room.records import IMAGE_SHAPE, Answers, Drawings, Entry, Room
from cnn_core.room.rooms import Rooms
from cnn_core.training.runs import find_run

GONE = "Its training was deleted, or these weights of it are kept no more."

Predict = Callable[[TrainedNetwork, npt.NDArray[np.uint8]], npt.NDArray[np.float32]]

_log = logging.getLogger(__name__)


def probabilities_of(network: TrainedNetwork, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Ask a network about drawings; the first question loads TensorFlow.

    Args:
        network: The network.
        images: `(count, 28, 28, 1)` uint8.

    Returns:
        `(count, classes)`.
    """
    # Imported here because it brings TensorFlow along: pages without a network never wait for it.
    from cnn_core.inspection.probe import NetworkProbe

    return NetworkProbe(network.spec, network.weights).probabilities(images)


def find_network(network_id: str, step: int) -> TrainedNetwork | None:
    """Return a network with the weights of one step; nothing where these are not there any more.

    Args:
        network_id: `"starter"`, or a run's id.
        step: The step.

    Raises:
        ClassroomError: If the disk cannot be read.
    """
    if network_id == STARTER_ID:
        return starter_network()
    run = find_run(network_id)
    network = network_of_run(run, step) if run is not None else None
    return network if network is not None and network.step == step else None


def entry_for(room: Room, network: TrainedNetwork, name: str, person: str) -> Entry:
    """Make the entry with which a network comes on a room's board.

    Args:
        room: The room.
        network: The network.
        name: Made up, as `names.offered_names` gives them.
        person: Who enters it.

    Raises:
        ClassroomError: If it takes other images, tells other classes apart, is too large to judge, goes on learning,
            has learned from this room's drawings, or nobody can tell whether it has.
    """
    figures = network_figures(network.spec)
    run = find_run(network.id) if network.id != STARTER_ID else None
    if network.spec.input_shape != IMAGE_SHAPE or network.class_names != room.class_names:
        listed = ", ".join(room.class_names)
        raise ClassroomError(
            f"This network does not tell apart what this room draws: {listed}.",
            "Train one on a data set with these classes and images of 28×28.",
        )
    if figures.parameters > MOST_PARAMETERS:
        raise ClassroomError(
            f"With {figures.parameters:,} parameters it is too large for this board: {MOST_PARAMETERS:,} is the most.",
            "Enter a smaller one.",
        )
    if run is not None and run.snapshot.is_active:
        raise ClassroomError("This network is still learning.", "Enter it when its training has ended, or stop it.")
    check_origin(room, network)
    return Entry(0, name, network.id, network.step, figures.parameters, figures.multiply_adds, person)


@dataclass(frozen=True)
class Question:
    """A network that is to be asked about a version."""

    code: str
    version: int
    entry_id: int


class Judge:
    """Finds the answers that a board lacks; one for each server.

    Nothing that waits is lost with the server: whoever looks at the board next lets the judge find what is missing.

    Args:
        find: Finds a network by its id and step.
        predict: Asks a network.
    """

    def __init__(
        self,
        find: Callable[[str, int], TrainedNetwork | None] = find_network,
        predict: Predict = probabilities_of,
    ) -> None:
        self._find, self._predict = find, predict
        self._going: set[Question] = set()
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="room-judge")

    def keep_up(self, rooms: Rooms, room: Room, entries: tuple[Entry, ...]) -> int:
        """See to it that every network of a board gets asked about the version that counts.

        Args:
            rooms: Where the answers are kept.
            room: The room.
            entries: Its networks.

        Returns:
            How many are still to be asked.
        """
        if not room.version.count:
            return 0
        missing = [entry for entry in entries if not is_answered(room, entry)]
        for entry in missing:
            question = Question(room.code, room.version.number, entry.id)
            with self._lock:
                if question in self._going:
                    continue
                self._going.add(question)
            self._worker.submit(self._ask, rooms, question, entry)
        return len(missing)

    def close(self) -> None:
        """Ask nobody any more; waits for the one that is being asked."""
        self._worker.shutdown(cancel_futures=True)

    def _ask(self, rooms: Rooms, question: Question, entry: Entry) -> None:
        try:
            room = rooms.find(question.code)
            if any(is_answered(room, known) for known in rooms.entries(room.code) if known.id == entry.id):
                return  # it was answered while somebody read the board
            drawings = rooms.drawings(room.code).frozen
            if len(drawings) == room.version.count:
                rooms.keep_answers(room.code, entry.id, self._answers(room, drawings, entry))
        except ClassroomError as error:  # the room is gone, or the disk refuses: the next look at the board asks again
            _log.warning("A board could not be kept up: %s", error)
        finally:
            with self._lock:
                self._going.discard(question)

    def _answers(self, room: Room, drawings: Drawings, entry: Entry) -> Answers:
        try:
            network = self._find(entry.network_id, entry.step)
            if network is None:
                return no_answers(room, GONE)
            seen = drawings_seen(network, drawings)
            if seen:
                return no_answers(room, seen_words(seen, len(drawings)))
            return answers_of(room, drawings, self._predict(network, drawings.images))
        except ClassroomError as error:
            return no_answers(room, str(error))
        except Exception as error:  # noqa: BLE001  one bad network must not stop the others
            _log.exception("Entry %s could not be judged", entry.id)
            return no_answers(
                room, f"It could not be asked ({type(error).__name__}). The server's log has the details."
            )
