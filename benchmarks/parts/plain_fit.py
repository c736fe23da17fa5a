"""The reference: a plain script that trains a ready-made network with `model.fit`, and nothing else.

    python -m benchmarks.parts.plain_fit PRESET IMAGES EPOCHS BATCH_SIZE

Prints the seconds that `fit` took, compiling and validation included.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main() -> None:
    """Train once and print the duration."""
    import keras

    from cnn_core.architecture.build import build_model
    from cnn_core.architecture.presets import preset
    from cnn_core.data.registry import load_dataset
    from cnn_core.data.split import stratified_split, subset_indices

    slug, images, epochs, batch_size = sys.argv[1], *map(int, sys.argv[2:5])
    train = load_dataset("digits").train
    chosen = subset_indices(train.labels, images, 0)
    learn, validate = stratified_split(train.labels[chosen], 0.1, 0)
    pixels = train.images[chosen].astype("float32") / 255
    labels = train.labels[chosen]
    model = build_model(preset(slug).spec, seed=0)
    model.compile(
        optimizer=keras.optimizers.Adam(0.001), loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"]
    )
    began_s = time.perf_counter()
    model.fit(
        pixels[learn],
        labels[learn],
        batch_size=batch_size,
        epochs=epochs,
        validation_data=(pixels[validate], labels[validate]),
        verbose=0,
    )
    print(f"{time.perf_counter() - began_s:.4f}")


if __name__ == "__main__":
    main()
