"""Where the user's data is kept, and where else a published data set may already lie."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DATA_FOLDER_VARIABLE = "CNN_CLASSROOM_DATA"


def data_folder() -> Path:
    """The folder for the user's own data: `$CNN_CLASSROOM_DATA`, else `user_data/data` in the project.

    The folder need not exist yet; downloads create it.

    Returns:
        An absolute path.
    """
    chosen = os.environ.get(DATA_FOLDER_VARIABLE, "").strip()
    return Path(chosen).expanduser().absolute() if chosen else PROJECT_ROOT / "user_data" / "data"


def keras_cache_folder() -> Path:
    """The folder in which Keras keeps the data sets it has downloaded for any program of this user.

    Returns:
        An absolute path: `datasets` below `$KERAS_HOME`, else below `~/.keras`.
    """
    home = os.environ.get("KERAS_HOME") or "~/.keras"
    return Path(home).expanduser().absolute() / "datasets"


def shown_path(path: Path) -> str:
    """Write a path for the screen: what lies below the home folder begins with `~`, which is short and names nobody.

    Args:
        path: An absolute path.

    Example:
        >>> shown_path(Path.home() / "data")
        '~/data'
    """
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def find_data_file(file_name: str) -> Path | None:
    """Look for a published file in the user's data folder first, then in Keras's cache.

    Args:
        file_name: The file's name without a folder, as `"mnist.npz"`.

    Returns:
        The first place that holds it, or None.
    """
    candidates = (data_folder() / file_name, keras_cache_folder() / file_name)
    return next((path for path in candidates if path.is_file()), None)
