"""The one place that imports TensorFlow and Keras, with what must be put right before anyone uses them.

Importing this module takes about three seconds. Pages ask `cnn_core.warm_up` whether it has happened.

Two habits of Streamlit hurt once Keras is in the process. After *every* script run it calls
`keras.backend.clear_session()`: that resets the counters behind automatic layer names in all threads, so a model that
is being built in another thread can fail with "All layers should have unique names". And it collects garbage in full,
which with TensorFlow's heap stops the interpreter for about 180 ms. Here the first is made harmless and the second
cheap: `keras.backend.clear_session` does nothing any more (`keras.utils.clear_session` is untouched), and what the
import left on the heap is frozen, so that collections do not walk it. `.streamlit/config.toml` also turns the
collection off. `tests/dashboard/test_streamlit_traps.py` notices when any of this stops working.
"""

from __future__ import annotations

import gc
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
os.environ["KERAS_BACKEND"] = "tensorflow"

# Keras would import scikit-learn, if it is there, for wrappers that nobody here uses: a second more until a network can
# be trained. While a module's place holds None, importing it fails as if it were not installed.
_KEPT_OUT = "sklearn" not in sys.modules
if _KEPT_OUT:
    sys.modules["sklearn"] = None  # type: ignore[assignment]

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

if _KEPT_OUT:
    del sys.modules["sklearn"]


def _keep_session() -> None:
    """Stand in for `keras.backend.clear_session`, which Streamlit calls after every run."""


keras.backend.clear_session = _keep_session
gc.collect()
gc.freeze()

__all__ = ["keras", "tf"]
