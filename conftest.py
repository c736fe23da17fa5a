"""What all tests share: where examples in docstrings are looked for."""

from __future__ import annotations

from pathlib import Path

# Importing these modules imports TensorFlow. They hold no examples, and the fast tests shall stay fast.
collect_ignore = [
    str(path)
    for path in sorted(Path(__file__).parent.glob("cnn_core/**/*.py"))
    if "from cnn_core.backend import" in path.read_text(encoding="utf-8")
]
