"""Networks that work: the five systems that this app grew out of, and three that made history."""

from __future__ import annotations

from cnn_core.architecture.layers import (
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)
from cnn_core.architecture.presets.record import Preset, Recipe
from cnn_core.architecture.quick import QuickDesign
from cnn_core.architecture.spec import NetworkSpec

SYSTEMS = (
    Preset(
        "first",
        "First network",
        "Two small convolutions and one dense layer are enough to read digits, within seconds.",
        QuickDesign(blocks=2, filters=16, dense_units=64).to_spec(),
        Recipe(learning_rate=0.002),
    ),
    Preset(
        "two-convolutions",
        "Two convolutions, 64 and 32",
        "Convolutions alone, without pooling: the flatten layer is large, and so is the work.",
        QuickDesign(blocks=2, filters=64, growth="halve", padding="valid", pooling="none", dense_layers=0).to_spec(),
    ),
    Preset(
        "colour-images",
        "Colour images, 32×32 (CIFAR-10)",
        "Three channels in, pooling between convolutions, and logits instead of probabilities at the end.",
        QuickDesign(
            (32, 32, 3), blocks=3, filters=32, most_filters=64, padding="valid", pools_last=False, output="logits"
        ).to_spec(),
        Recipe(epochs=4, dataset="cifar10"),
    ),
    Preset(
        "fully-connected",
        "Fully connected, 512-512",
        "No convolution at all: every pixel has a weight of its own, and neighbourhood means nothing.",
        QuickDesign(blocks=0, pooling="none", dense_layers=2, dense_units=512).to_spec(),
    ),
    Preset(
        "large-cnn",
        "Convolutional, 32 and 64 of 5×5",
        "The rival of the fully connected network: fewer mistakes, though most weights still sit in the dense layer.",
        QuickDesign(blocks=2, filters=32, kernel_size=5, dense_units=1024).to_spec(),
    ),
    Preset(
        "blood-cells",
        "Two classes, 64×64 (blood cells)",
        "One sigmoid output says how likely the second class is: a healthy cell, say. Dropout keeps the network from "
        "learning images by heart.",
        QuickDesign(
            (64, 64, 3), blocks=3, filters=16, has_batch_norm=True, dropout=0.4, class_count=2, output="sigmoid"
        ).to_spec(),
        Recipe(
            epochs=20,
            learning_rate=0.003,
            batch_size=32,
            schedule="one_cycle",
            augmentation=(("flip", "both"), ("rotation_degrees", 180.0)),  # a cell lies any way round, a cat does not
            changed_classes=("parasitized", "uninfected"),
        ),
    ),
)

CLASSICS = (
    Preset(
        "lenet-5",
        "LeNet-5 (1998)",
        "The network that read cheques: average pooling and tanh, as they were used before ReLU and max pooling.",
        NetworkSpec(
            (28, 28, 1),
            (
                Conv2D(filters=6, kernel_height=5, kernel_width=5, padding="same", activation="tanh"),
                Pooling2D(pooling="average"),
                Conv2D(filters=16, kernel_height=5, kernel_width=5, activation="tanh"),
                Pooling2D(pooling="average"),
                Flatten(),
                Dense(units=120, activation="tanh"),
                Dense(units=84, activation="tanh"),
                Dense(units=10, activation="softmax"),
            ),
        ),
    ),
    Preset(
        "modern-small",
        "Modern and small",
        "Separable convolutions and global average pooling: an eighth of the first network’s weights and nearly as "
        "good, after three times as many epochs.",
        NetworkSpec(
            (28, 28, 1),
            (
                Conv2D(filters=16, kernel_height=5, kernel_width=5, padding="same", initializer="he_normal"),
                Pooling2D(),
                SeparableConv2D(filters=32, padding="same", initializer="he_normal"),
                Pooling2D(),
                SeparableConv2D(filters=64, padding="same", initializer="he_normal"),
                Pooling2D(),
                SeparableConv2D(filters=128, padding="same", initializer="he_normal"),
                GlobalPooling2D(),
                Dense(units=10, activation="softmax"),
            ),
        ),
        Recipe(epochs=9, learning_rate=0.004),
    ),
    Preset(
        "residual",
        "Residual, with skips",
        "Seven convolutions deep; each block only adds to what comes in, so that gradients find a short way back.",
        NetworkSpec(
            (28, 28, 1),
            (
                Conv2D(filters=16, padding="same", initializer="he_normal"),
                Pooling2D(),
                ResidualBlock(filters=16, has_batch_norm=False, initializer="he_normal"),
                ResidualBlock(filters=32, stride=2, has_batch_norm=False, initializer="he_normal"),
                ResidualBlock(filters=64, stride=2, has_batch_norm=False, initializer="he_normal"),
                Flatten(),
                Dense(units=10, activation="softmax"),
            ),
        ),
        Recipe(epochs=6),
    ),
)
