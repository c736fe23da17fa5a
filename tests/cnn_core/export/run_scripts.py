"""Run exported code in a process that knows nothing of the app, and write down what became of it.

    python -I run_scripts.py FOLDER...

Each folder holds a `network.py` or else a `network.ipynb`, with its images. What Keras would fetch is read from
`fetched.npz` instead. The folder gets the first weights in `weights.npz` and then a `result.json`. With `-I` Python
finds the installed packages alone, so code that imports the app fails.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import sys
import traceback
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
ELSEWHERE = Path.cwd()


def read_fetched(path: Path) -> Any:
    """Stand in for `keras.datasets.….load_data`."""
    import numpy as np

    with np.load(path) as data:
        return (data["x_train"], data["y_train"]), (data["x_test"], data["y_test"])


def run_code(folder: Path) -> dict[str, Any]:
    """Run the script from another folder, or the notebook's cells in its own; return all names that it leaves."""
    if (folder / "network.py").exists():
        os.chdir(ELSEWHERE)
        return runpy.run_path(str(folder / "network.py"), run_name="__main__")
    os.chdir(folder)
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in json.loads(Path("network.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    return names


def outcome(folder: Path) -> dict[str, Any]:
    """Run the code of a folder, and build its network once more for the weights that it began with."""
    import keras
    import numpy as np

    for name in ("mnist", "fashion_mnist", "cifar10", "cifar100"):
        getattr(keras.datasets, name).load_data = lambda: read_fetched(folder / "fetched.npz")
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            names = run_code(folder)
    except SystemExit as stop:
        return {"stopped": str(stop), "printed": printed.getvalue()}
    model = names["model"]
    np.savez(folder / "weights.npz", *names["build_network"]().get_weights())
    return {
        "config": model.get_config(),
        "parameters": model.count_params(),
        "optimizer": type(model.optimizer).__name__,
        "history": names["history"].history,
        "test": [names["test_loss"], names["test_accuracy"]],
        "printed": printed.getvalue(),
    }


def main() -> None:
    """Run them all, the next one also if one fails."""
    assert find_spec("cnn_core") is None, "the app can be imported here, so this would show nothing"
    for folder in map(Path, sys.argv[1:]):
        try:
            result = outcome(folder)
        except Exception:  # noqa: BLE001  it is the test's business
            result = {"error": traceback.format_exc()}
        unfinished = folder / "result.part"
        unfinished.write_text(json.dumps(result, default=float), encoding="utf-8")
        unfinished.rename(folder / "result.json")


if __name__ == "__main__":
    main()
