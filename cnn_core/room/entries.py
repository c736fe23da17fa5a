"""The part of the rooms that holds the networks of the board, and what they said of the drawings."""

from __future__ import annotations

import sqlite3
import zlib
from dataclasses import replace
from typing import Any

import numpy as np

from cnn_core.errors import ClassroomError
from cnn_core.room.drawings import DrawingsPart
from cnn_core.room.limits import MOST_ENTRIES, MOST_ENTRIES_BY_PERSON
from cnn_core.room.names import is_made_up
from cnn_core.room.records import Answers, Entry
from cnn_core.store.failures import damaged_row

_ENTRIES_SQL = """SELECT entries.id, name, network_id, step, parameters, multiply_adds, person,
    version, guesses, sureness, checksum, problem
    FROM entries LEFT JOIN answers ON entry_id = entries.id WHERE code = ? ORDER BY entries.id"""


class EntriesPart(DrawingsPart):
    """Entering networks, withdrawing them, keeping their answers."""

    def enter(self, code: str, entry: Entry) -> int:
        """Put a network on the board. Its answers are found in the background (`judging`).

        Args:
            code: The room.
            entry: The network; its id and answers are not looked at.

        Returns:
            The entry's id.

        Raises:
            ClassroomError: If the name is taken, the network is there already, or there are too many.
        """
        if not is_made_up(entry.name):
            raise ClassroomError("A network stands on the board under a made-up name.", "Choose one of those offered.")
        with self._database.writing(is_durable=True) as connection:
            self._room(connection, code)
            self._check_place(connection, code, entry)
            values = (entry.name, entry.network_id, entry.step, entry.parameters, entry.multiply_adds, entry.person)
            row = connection.execute(
                "INSERT INTO entries (code, name, network_id, step, parameters, multiply_adds, person) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (code, *values),
            ).fetchone()
            self._stamp(connection, code, board=True)
            return int(row[0])

    def withdraw(self, code: str, entry_id: int, *, person: str = "", key: str = "") -> None:
        """Take a network off the board: its owner may, and the teacher.

        Args:
            code: The room.
            entry_id: The entry.
            person: Who asks for it.
            key: The teacher's key, if it is the teacher.

        Raises:
            ClassroomError: If it is neither's, or it cannot be written.
        """
        with self._database.writing(is_durable=True) as connection:
            if key:
                self._room_for_teacher(connection, code, key)
            which = "code = ? AND id = ?" + ("" if key else " AND person = ?")
            values = (code, entry_id) if key else (code, entry_id, person)
            if not connection.execute(f"DELETE FROM entries WHERE {which}", values).rowcount:
                raise ClassroomError(
                    "This network is not yours to withdraw, or is off the board already.", "Look again."
                )
            self._stamp(connection, code, board=True)

    def entries(self, code: str) -> tuple[Entry, ...]:
        """Return the networks of a board in the order in which they were entered.

        Args:
            code: The room.

        Raises:
            ClassroomError: If the room is gone, or the answers are damaged.
        """
        with self._database.reading() as connection:
            self._room(connection, code)
            return tuple(_entry_of_row(row) for row in connection.execute(_ENTRIES_SQL, (code,)))

    def keep_answers(self, code: str, entry_id: int, answers: Answers) -> bool:
        """Keep what a network said of a version's drawings.

        Args:
            code: The room.
            entry_id: The entry.
            answers: What it said.

        Returns:
            Whether they still matter: the room, the version and the entry may be gone.

        Raises:
            ClassroomError: If it cannot be written.
        """
        guesses = answers.guesses.astype(np.uint8).tobytes()
        sureness = answers.sureness.astype("<f4").tobytes()
        with self._database.writing() as connection:
            asked = connection.execute(
                "SELECT version FROM rooms JOIN entries USING (code) WHERE code = ? AND id = ?", (code, entry_id)
            ).fetchone()
            if asked != (answers.version,):
                return False
            values = (entry_id, answers.version, guesses, sureness, zlib.crc32(guesses + sureness), answers.problem)
            connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", values)
            self._stamp(connection, code, board=True)
            return True

    @staticmethod
    def _check_place(connection: sqlite3.Connection, code: str, entry: Entry) -> None:
        rows = connection.execute(
            "SELECT name, network_id, step, person FROM entries WHERE code = ?", (code,)
        ).fetchall()
        for name, network_id, step, _ in rows:
            if (network_id, step) == (entry.network_id, entry.step):
                raise ClassroomError(f"This network is on the board already, as “{name}”.", "Enter another one.")
            if name == entry.name:
                raise ClassroomError(f"“{name}” is taken.", "Choose another name.")
        if len(rows) >= MOST_ENTRIES:
            raise ClassroomError(f"The board is full: it holds {MOST_ENTRIES} networks.", "Ask the teacher for room.")
        if sum(person == entry.person for *_, person in rows) >= MOST_ENTRIES_BY_PERSON:
            raise ClassroomError(
                f"You have {MOST_ENTRIES_BY_PERSON} networks on the board, as many as one person can.",
                "Withdraw one of them first.",
            )


def _entry_of_row(row: tuple[Any, ...]) -> Entry:
    entry = Entry(*row[:7])
    version, guesses, sureness, checksum, problem = row[7:]
    if version is None:
        return entry
    is_whole = isinstance(guesses, bytes) and isinstance(sureness, bytes) and 4 * len(guesses) == len(sureness)
    if not is_whole or zlib.crc32(guesses + sureness) != checksum:
        raise damaged_row("answers are damaged")
    said = np.frombuffer(guesses, np.uint8).astype(np.int64)
    return replace(entry, answers=Answers(version, said, np.frombuffer(sureness, "<f4"), problem))
