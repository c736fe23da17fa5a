"""How many digits the starter network reads in photos of paper, with ink found by `cnn_core.drawing.photo`.

The photos are made up from test digits: each has its own size, place, turn, brightness of paper and ink, light from one
side, shadow, blur, noise and JPEG quality; half of them are on ruled paper. Run `python -m benchmarks.photo_accuracy`,
with the number of digits of each kind if it is not to be 300.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from cnn_core.data.registry import DATASETS, load_dataset
from cnn_core.drawing.photo import ink_of_photo
from cnn_core.drawing.way import seen_image
from cnn_core.inspection.probe import NetworkProbe
from cnn_core.networks import starter_network
from tests.cnn_core.drawing.photos import photo_of, random_scene

USUAL_COUNT = 300
NOTHING = np.zeros((28, 28, 1), np.uint8)


def main(count: int) -> None:
    """Print a table."""
    network = starter_network()
    probe = NetworkProbe(network.spec, network.weights)
    print("| test digits | paper | accuracy | as they are, without a photo | not one digit found | median ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    for slug in ("digits", "mnist"):
        if not DATASETS[slug].availability().is_ready:
            continue
        test = load_dataset(slug).test
        for is_ruled in (False, True):
            rng = np.random.default_rng(1)
            chosen = rng.permutation(len(test))[:count]
            seen, took_s, others = [], [], 0
            for seed, place in enumerate(chosen):
                photo = photo_of(test.images[place][..., 0], random_scene(rng, seed, is_ruled=is_ruled))
                began_s = time.perf_counter()
                found = ink_of_photo(photo)
                seen.append(NOTHING if found.subject.is_empty else seen_image(found.subject))
                took_s.append(time.perf_counter() - began_s)
                others += found.digits != 1
            right, plain = (
                (probe.probabilities(images).argmax(axis=1) == test.labels[chosen]).mean()
                for images in (np.stack(seen), test.images[chosen])
            )
            paper = "ruled" if is_ruled else "plain"
            print(f"| {slug} | {paper} | {right:.1%} | {plain:.1%} | {others} | {1000 * np.median(took_s):.0f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else USUAL_COUNT)
