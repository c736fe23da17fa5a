"""Layers that Keras does not have. Importing this module imports TensorFlow."""

from __future__ import annotations

from typing import Any

from cnn_core.backend import keras


@keras.saving.register_keras_serializable(package="cnn_classroom")
class MinPooling2D(keras.layers.Layer):  # type: ignore[misc]
    """Keep the smallest number of each patch: minus the maximum of minus the input.

    Args:
        pool_size: Side of the square patch in pixels.
        strides: How far the patch moves each time, in pixels.
        padding: `"valid"` or `"same"`; padded places never win.
    """

    def __init__(self, pool_size: int = 2, strides: int = 2, padding: str = "valid", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size = pool_size
        self.strides = strides
        self.padding = padding

    def call(self, inputs: Any) -> Any:
        """Pool a batch `(batch, height, width, channels)`."""
        return -keras.ops.max_pool(-inputs, self.pool_size, self.strides, self.padding)

    def get_config(self) -> dict[str, Any]:
        """Return what is needed to make the layer anew."""
        config: dict[str, Any] = super().get_config()
        own = {"pool_size": self.pool_size, "strides": self.strides, "padding": self.padding}
        return config | own


CUSTOM_LAYERS = {"MinPooling2D": MinPooling2D}
"""The layers of this module under the names that `KerasCall.class_name` uses."""
