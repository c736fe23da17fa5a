"""Where trainings are kept, and how the files in there are named."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
RUNS_FOLDER_VARIABLE = "CNN_CLASSROOM_RUNS"

DATABASE_NAME = "runs.sqlite"
RECORD_NAME = "record.json"
RUN_PREFIX = "run-"
PURGED_PREFIX = "purged-"
ARRAYS_SUFFIX = ".arrays"
PART_SUFFIX = ".part"
"""The end of a file's name while it is being written."""


def runs_folder() -> Path:
    """The folder in which trainings are kept: `$CNN_CLASSROOM_RUNS`, else `user_data/runs` in the project.

    The folder need not exist yet; the store creates it. It should lie on a disk of this computer: SQLite's way of
    letting people read while others write needs memory that all its users share.

    Returns:
        An absolute path.
    """
    chosen = os.environ.get(RUNS_FOLDER_VARIABLE, "").strip()
    return Path(chosen).expanduser().absolute() if chosen else PROJECT_ROOT / "user_data" / "runs"


def run_folder(folder: Path, run_id: str) -> Path:
    """The folder of one training; the prefix keeps an id from being a name that Windows reserves."""
    return folder / f"{RUN_PREFIX}{run_id}"
