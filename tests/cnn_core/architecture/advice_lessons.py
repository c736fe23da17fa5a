"""For each rule of advice the smallest network that it is about, and that network when the advice was taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
    ResidualBlock,
    SeparableConv2D,
)

Layers = tuple[Layer, ...]

ANSWER = Dense(units=10, activation="softmax")
LINEAR_CONV = Conv2D(activation="linear")
SIGMOIDS = (Dense(activation="sigmoid"),) * 3
POINT_EVERY_SECOND = Conv2D(filters=4, kernel_height=1, kernel_width=1, stride=2)
ZEROS = Dense(initializer="zeros")


@dataclass(frozen=True)
class Lesson:
    """A network that a rule speaks about, and the network after the advice was taken."""

    slug: str
    layers: Layers
    index: int
    words: tuple[str, ...]
    cured: Layers
    shape: tuple[int, int, int] = (28, 28, 1)
    classes: int | None = None


LESSONS = (
    # --- answers
    Lesson(
        "outputs-and-classes",
        (Conv2D(), Pooling2D()),
        1,
        ("ends in feature maps of 13×13×32",),
        (Conv2D(), Pooling2D(), GlobalPooling2D(), ANSWER),
    ),
    Lesson(
        "outputs-and-classes",
        (Flatten(), Dense(units=7, activation="softmax"), Dropout()),
        1,
        ("gives 7 numbers and there are 10 classes: 3 classes can never",),
        (Flatten(), ANSWER, Dropout()),
        classes=10,
    ),
    Lesson(
        "outputs-and-classes",
        (Flatten(), Dense(units=1, activation="sigmoid")),
        1,
        ("gives 1 number and there are 3 classes: 2 classes can never",),
        (Flatten(), Dense(units=3)),
        classes=3,
    ),
    Lesson(
        "outputs-and-classes",
        (Flatten(), ANSWER),
        1,
        ("gives 10 numbers and there are 9 classes: one number belongs to no class",),
        (Flatten(), replace(ANSWER, units=9)),
        classes=9,
    ),
    Lesson(
        "outputs-and-classes",
        (Flatten(), Dense(units=1, activation="linear")),
        1,
        ("one number for two classes: end in a sigmoid",),
        (Flatten(), Dense(units=1, activation="linear"), Activation(activation="sigmoid")),
        classes=2,
    ),
    Lesson(
        "softmax-over-one",
        (Flatten(), Dense(units=1, activation="softmax")),
        1,
        ("The softmax of dense_1 has a single unit: it says 1",),
        (Flatten(), Dense(units=1, activation="sigmoid")),
        classes=2,
    ),
    Lesson(
        "softmax-over-one",
        (Conv2D(filters=1, activation="linear"), Activation(activation="softmax"), Flatten(), ANSWER),
        1,
        ("The softmax of activation_1 has a single channel",),
        (Conv2D(filters=2, activation="linear"), Activation(activation="softmax"), Flatten(), ANSWER),
    ),
    Lesson(
        "softmax-in-the-middle",
        (Conv2D(filters=16, activation="softmax"), Flatten(), ANSWER),
        0,
        ("conv_1 ends in a softmax, but dense_1 is still to come", "16 numbers at each place", "0.0625 each"),
        (Conv2D(filters=16), Flatten(), ANSWER),
    ),
    Lesson(
        "softmax-in-the-middle",
        (Flatten(), Dense(units=50, activation="linear"), Activation(activation="softmax"), ANSWER),
        2,
        ("activation_1 ends in a softmax", "its 50 numbers are made to sum to 1, 0.02 each"),
        (Flatten(), Dense(units=50, activation="linear"), Activation(), ANSWER),
    ),
    Lesson(
        "softmax-twice",
        (Flatten(), ANSWER, Activation(activation="softmax")),
        2,
        ("activation_1 is a softmax of the softmax of dense_1: with 10 classes none can get more than 23",),
        (Flatten(), Dense(units=10, activation="linear"), Activation(activation="softmax")),
    ),
    Lesson(
        "bounded-logits",
        (Flatten(), Dense(units=10)),
        1,
        ("goes through ReLU, which cuts off what is below 0",),
        (Flatten(), ANSWER),
    ),
    Lesson(
        "bounded-logits",
        (Flatten(), Dense(units=10, activation="linear"), Activation(activation="tanh")),
        1,
        # e² / (e² + 9) = 7.389 / 16.389
        ("goes through tanh, which keeps it between −1 and 1", "more than 45\N{NO-BREAK SPACE}%"),
        (Flatten(), Dense(units=10, activation="linear")),
    ),
    Lesson(
        "bounded-logits",
        (Flatten(), Dense(units=10, activation="sigmoid"), Activation(activation="softmax")),
        1,
        # e / (e + 9) = 2.718 / 11.718
        ("goes through sigmoid before the softmax", "more than 23\N{NO-BREAK SPACE}%"),
        (Flatten(), Dense(units=10, activation="leaky_relu"), Activation(activation="softmax")),
    ),
    Lesson(
        "bounded-logits",
        (Flatten(), Dense(units=1), Activation(activation="sigmoid")),
        1,
        ("through ReLU before the sigmoid", "50\N{NO-BREAK SPACE}% at least and 100\N{NO-BREAK SPACE}% at most"),
        (Flatten(), Dense(units=1, activation="linear"), Activation(activation="sigmoid")),
        classes=2,
    ),
    # --- learning
    Lesson(
        "no-activation",
        (LINEAR_CONV, LINEAR_CONV, Pooling2D(), Flatten(), ANSWER),
        0,
        ("No activation lies between conv_1 and conv_2", "one convolution with a kernel of 5×5. Give conv_1 a ReLU"),
        (Conv2D(), LINEAR_CONV, Pooling2D(), Flatten(), ANSWER),
    ),
    Lesson(
        "no-activation",
        (replace(LINEAR_CONV, stride=2, padding="same"), Conv2D(kernel_height=5), GlobalPooling2D("max"), ANSWER),
        0,
        ("a kernel of 11×7, apart from the edge",),
        (Conv2D(stride=2, padding="same"), Conv2D(kernel_height=5), GlobalPooling2D("max"), ANSWER),
    ),
    Lesson(
        "no-activation",
        (Flatten(), Dense(units=20, activation="linear"), Dropout(), Dense(units=30, activation="linear"), ANSWER),
        1,
        # 784·10 + 10 = 7,850; (784·20 + 20) + (20·30 + 30) + (30·10 + 10) = 16,640
        ("dense_1, dense_2 and dense_3", "10 units, which would have 7,850 parameters and not 16,640"),
        (Flatten(), Dense(units=20), Dropout(), Dense(units=30, activation="linear"), Activation(), ANSWER),
    ),
    Lesson(
        "no-activation",
        (LINEAR_CONV, BatchNormalization(), Pooling2D(pooling="average"), Flatten(), ANSWER),
        0,
        # conv 320, dense 13·13·32·10 + 10 = 54,090
        ("conv_1 and dense_1", "one linear layer, whatever their 54,410 parameters"),
        (LINEAR_CONV, BatchNormalization(), Activation(), Pooling2D(pooling="average"), Flatten(), ANSWER),
    ),
    Lesson(
        "linear-block",
        (Conv2D(), ResidualBlock(activation="linear"), Pooling2D(), Flatten(), ANSWER),
        1,
        ("between the two convolutions of residual_1",),
        (Conv2D(), ResidualBlock(), Pooling2D(), Flatten(), ANSWER),
    ),
    Lesson(
        "deep-sigmoids",
        (Flatten(), Dense(), *SIGMOIDS, ANSWER),
        2,
        ("The 3 hidden sigmoids from dense_2 to dense_4", "(1/4)^3 = 1/64"),
        (Flatten(), Dense(), *SIGMOIDS[:2], BatchNormalization(), *SIGMOIDS[:1], ANSWER),
    ),
    Lesson(
        "deep-sigmoids",
        (*(LINEAR_CONV, Activation(activation="sigmoid"), Pooling2D()) * 2, Flatten(), *SIGMOIDS[:2], ANSWER),
        0,
        ("The 4 hidden sigmoids from conv_1 to dense_2", "(1/4)^4 = 1/256"),
        (*(LINEAR_CONV, Activation(), Pooling2D()) * 2, Flatten(), *SIGMOIDS[:2], ANSWER),
    ),
    Lesson(
        "deep-sigmoids",
        (Flatten(), *SIGMOIDS * 4, Dense(units=1, activation="sigmoid")),
        1,
        ("The 12 hidden sigmoids", "a millionth"),
        (Flatten(), *SIGMOIDS[:2], Dense(units=1, activation="sigmoid")),
        classes=2,
    ),
    Lesson(
        "bias-before-norm",
        (Conv2D(filters=6, activation="linear"), Pooling2D(), BatchNormalization(), Activation(), Flatten(), ANSWER),
        0,
        ("undoes the 6 biases of conv_1:",),
        (
            Conv2D(filters=6, activation="linear", use_bias=False),
            Pooling2D(),
            BatchNormalization(),
            Activation(),
            Flatten(),
            ANSWER,
        ),
    ),
    # --- seeing
    Lesson(
        "skipped-pixels",
        (POINT_EVERY_SECOND, Pooling2D(), Flatten(), ANSWER),
        0,
        # 14 of 28 rows and columns are read: 784 − 196 = 588
        ("75\N{NO-BREAK SPACE}% of the image's pixels (588 of 784), because of conv_1", "window of 1×1 moves 2 pixels"),
        (Conv2D(stride=2), Pooling2D(), Flatten(), ANSWER),
    ),
    Lesson(
        "skipped-pixels",
        (Conv2D(stride=2), Pooling2D(pool_size=1), Pooling2D(), Flatten(), ANSWER),
        1,
        # conv_1 loses the last row and column; then places 0, 2, …, 12 of 13 see rows 4p to 4p + 2; pool_2 drops the
        # seventh: 6·3 = 18 rows, and 784 − 324 = 460
        ("(460 of 784), most of them because of pool_1", "window of 1×1 moves 2 pixels"),
        (Conv2D(stride=2), Pooling2D(), Pooling2D(), Flatten(), ANSWER),
    ),
    Lesson(
        "skipped-pixels",
        (Conv2D(kernel_height=2, kernel_width=2, dilation_rate=8), Flatten(), ANSWER),
        0,
        # two places along each side, which see rows 0, 8 and 1, 9: 4 of 10 rows, and 100 − 16 = 84
        ("84\N{NO-BREAK SPACE}% of the image's pixels (84 of 100)", "2×2 with dilation 8 leaves gaps"),
        (Conv2D(kernel_height=2, kernel_width=2, dilation_rate=5), Flatten(), ANSWER),
        (10, 10, 1),
    ),
    Lesson(
        "skipped-pixels",
        (Conv2D(kernel_height=2, kernel_width=2, dilation_rate=8, padding="same"), Flatten(), ANSWER),
        0,
        ("100\N{NO-BREAK SPACE}% of the image's pixels (16 of 16)", "padding"),
        (Conv2D(kernel_height=2, kernel_width=2, padding="same"), Flatten(), ANSWER),
        (4, 4, 1),
    ),
    Lesson(
        "skipped-pixels",
        (Conv2D(kernel_height=8, kernel_width=8, stride=8), Flatten(), ANSWER),
        0,
        # one place only, which sees 8 of 15 rows: 225 − 64 = 161
        ("(161 of 225), because of conv_1: its window does not fit once more at the edge",),
        (Conv2D(kernel_height=8, kernel_width=8, stride=7), Flatten(), ANSWER),
        (15, 15, 1),
    ),
    Lesson(
        "small-field",
        (Conv2D(), Pooling2D(), Conv2D(), GlobalPooling2D(), ANSWER),
        2,
        ("Before global_pool_1 each number sees 8×8 of the image's 28×28 pixels: 29",),
        (Conv2D(), Pooling2D(), Conv2D(), Pooling2D(), Conv2D(), Conv2D(), GlobalPooling2D(), ANSWER),
    ),
    Lesson(
        "small-field",
        (Conv2D(padding="same"), Conv2D(kernel_height=9, padding="same"), Dropout(), Flatten(), ANSWER),
        1,
        ("Before flatten_1 each number sees 11×5 of the image's 28×28 pixels: 18",),
        (Conv2D(padding="same"), Conv2D(kernel_width=9, kernel_height=5, padding="same"), Flatten(), ANSWER),
    ),
    Lesson(
        "field-beyond-image",
        (*(Conv2D(padding="same"), Pooling2D()) * 2, *(Conv2D(padding="same"),) * 4, Flatten(), ANSWER),
        5,
        # 3, 4, 8, 10, then 8 more with each convolution: 18, 26
        ("From conv_4 on each number reaches over 26×26 pixels", "25×25; 2 convolutions follow (conv_5 and conv_6)"),
        (*(Conv2D(padding="same"), Pooling2D()) * 2, *(Conv2D(padding="same"),) * 3, Flatten(), ANSWER),
        (25, 25, 1),
    ),
    Lesson(
        "dilation-grid",
        (Conv2D(dilation_rate=2), Conv2D(dilation_rate=2), Flatten(), ANSWER),
        0,
        # rows 0, 2, 4, 6, 8 of nine
        ("Each number of conv_2 reads 25 of the 81 pixels", "conv_1 has dilation 2"),
        (Conv2D(), Conv2D(dilation_rate=2), Flatten(), ANSWER),
    ),
    # --- costs
    Lesson(
        "large-flatten",
        (Conv2D(padding="same"), Flatten(), BatchNormalization(), ANSWER),
        1,
        # 28·28·32 = 25,088 numbers; dense 250,890 of 320 + 100,352 + 250,890
        ("28×28×32 become a list of 25,088", "dense_1 has 250,890 parameters, 71", "would leave 6,272 numbers"),
        (Conv2D(padding="same"), Pooling2D(), Flatten(), BatchNormalization(), ANSWER),
    ),
    Lesson(
        "dense-share",
        (Conv2D(filters=8), Pooling2D(), Flatten(), Dense(), ANSWER),
        3,
        # 13·13·8·64 + 64 = 86,592; with conv 80 and dense 650: 87,322
        ("dense_1 holds 99", "86,592 of 87,322"),
        (Conv2D(filters=8), Pooling2D(), GlobalPooling2D(), Dense(), ANSWER),
    ),
    # --- beginnings
    Lesson(
        "zero-weights",
        (Flatten(), ZEROS, ANSWER),
        1,
        ("All weights of dense_1 begin at zero: with ReLU after it, its outputs are 0 for every image",),
        (Flatten(), Dense(), ANSWER),
    ),
    Lesson(
        "zero-weights",
        (Flatten(), replace(ZEROS, activation="tanh"), replace(ANSWER, initializer="zeros")),
        1,
        ("with the zeros of dense_2 after it, neither ever changes",),
        (Flatten(), Dense(activation="tanh"), replace(ANSWER, initializer="zeros")),
    ),
    Lesson(
        "zero-weights",
        (Flatten(), replace(ZEROS, activation="sigmoid"), replace(ANSWER, initializer="zeros")),
        1,
        ("with the zeros of dense_2 after it, all its 64 outputs stay alike",),
        (Flatten(), replace(ZEROS, activation="sigmoid"), Dropout(), replace(ANSWER, initializer="zeros")),
    ),
    Lesson(
        "zero-weights",
        (SeparableConv2D(initializer="zeros", activation="tanh"), Flatten(), ANSWER),
        0,
        ("separable_1", "its weights never change"),
        (SeparableConv2D(activation="tanh"), Flatten(), ANSWER),
    ),
    Lesson(
        "zero-weights",
        (Conv2D(), ResidualBlock(initializer="zeros"), Flatten(), ANSWER),
        1,
        ("residual_1", "two convolutions never change; the block passes on what comes in"),
        (Conv2D(), ResidualBlock(), Flatten(), ANSWER),
    ),
    Lesson(
        "zero-start",
        (Flatten(), Dense(), replace(ANSWER, initializer="zeros")),
        2,
        ("every class begins with 10\N{NO-BREAK SPACE}%, and the layers before it learn nothing from the first batch",),
        (Flatten(), replace(ANSWER, initializer="zeros")),
    ),
    Lesson(
        "zero-start",
        (Flatten(), replace(ZEROS, activation="tanh"), ANSWER),
        1,
        ("it begins with the same numbers for every image. It gets over that",),
        (Flatten(), Dense(activation="tanh"), ANSWER),
    ),
)
