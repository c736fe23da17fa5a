"""Sick networks, each with its diagnosis: what one sees, why, and what cures it.

Nothing is staged: every figure was measured by training on the built-in digits, and `tests/cnn_core/training/
test_clinic.py` trains each patient and its cure again. A patient and its cure differ in one thing only.
"""

from __future__ import annotations

from dataclasses import replace

from cnn_core.architecture.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Layer,
    Pooling2D,
)
from cnn_core.architecture.presets.record import Diagnosis, Preset, Recipe
from cnn_core.architecture.quick import QuickDesign
from cnn_core.architecture.spec import NetworkSpec

IMAGE = (28, 28, 1)
OUTPUT = Dense(units=10, activation="softmax")
ORDINARY = QuickDesign(blocks=2, filters=16, dense_units=64).to_spec()
SHORT = Recipe(epochs=2, learning_rate=0.002)


def _begun_at_zero(spec: NetworkSpec) -> NetworkSpec:
    layers = (
        replace(layer, initializer="zeros") if isinstance(layer, Conv2D | Dense) else layer for layer in spec.layers
    )
    return NetworkSpec(spec.input_shape, tuple(layers))


def _twelve_hidden_layers(activation: str) -> NetworkSpec:
    convolutions: list[Layer] = []
    for filters in (8, 16):
        convolutions += [Conv2D(filters=filters, padding="same", activation=activation), Pooling2D()]
    return NetworkSpec(IMAGE, (*convolutions, Flatten(), *[Dense(units=64, activation=activation)] * 10, OUTPUT))


def _first_stride(stride: int) -> NetworkSpec:
    further = Conv2D(filters=32, padding="same")
    return NetworkSpec(
        IMAGE, (Conv2D(filters=16, stride=stride), further, further, GlobalPooling2D(pooling="max"), OUTPUT)
    )


def _ten_convolutions(*after_each: Layer) -> NetworkSpec:
    convolution = Conv2D(filters=16, padding="same", activation="linear", initializer="random_normal")
    block = (convolution, *after_each, Activation())
    return NetworkSpec(IMAGE, (*[*block, Pooling2D()] * 2, *block * 8, Flatten(), OUTPUT))


def _before_a_dense_layer(*after_each: Layer) -> NetworkSpec:
    convolutions = (Conv2D(filters=16, padding="same"), *after_each, Conv2D(filters=32, padding="same"), *after_each)
    return NetworkSpec(IMAGE, (*convolutions, Flatten(), Dense(units=256), OUTPUT))


CLINIC: tuple[Preset, ...] = (
    Preset(
        "patient-1",
        "Patient 1: shoots up, then lies still",
        "In my second step the loss shot up from 2.3 into the thousands; it came down again, but ever since I only "
        "guess.",
        ORDINARY,
        replace(SHORT, learning_rate=0.3),
        Diagnosis(
            symptom="The loss leaps from 2.3 to several thousand in the second step and is back near 2.3 after "
            "some twenty; it wobbles there, and accuracy stays at 10 %.",
            cause="The learning rate is 0.3. Adam’s first step moves a weight by about that much, however small its "
            "gradient: half of all weights jump by 0.3, while those of the first dense layer begin between −0.06 and "
            "0.06. After that its 64 ReLU units give 0 for every image, and where a ReLU gives 0 no gradient comes "
            "through.",
            cure="Train with a learning rate of 0.002.",
            term="learning-rate",
            healthy_spec=ORDINARY,
            healthy_recipe=SHORT,
        ),
    ),
    Preset(
        "patient-2",
        "Patient 2: never gets off the ground",
        "From my first step to my last the loss is 2.303, as flat as a table, and I only guess.",
        _begun_at_zero(ORDINARY),
        SHORT,
        Diagnosis(
            symptom="The loss is 2.303, the natural logarithm of 10, from the first step on, and accuracy stays at "
            "10 %. “Look inside” shows kernels that are exactly zero, even after training.",
            cause="All weights begin at zero, so every feature map is zero, and so is the gradient of every kernel: "
            "of 105,866 weights only the ten biases of the last layer move, and they can say no more than how "
            "frequent each class is. Any other value that all weights share would do little better: units that begin "
            "alike get equal gradients and stay copies of each other.",
            cure="Let the weights begin at random, small and each different, as Glorot’s rule does.",
            term="initial-weights",
            healthy_spec=ORDINARY,
            healthy_recipe=SHORT,
        ),
    ),
    Preset(
        "patient-3",
        "Patient 3: settles at 2.30 and stays",
        "My loss began at 2.5 and sank to 2.30 at once; three times through all the images have not moved it since.",
        _twelve_hidden_layers("sigmoid"),
        Recipe(),
        Diagnosis(
            symptom="The loss sinks from about 2.5 to 2.30 within some hundred steps and stays there; after three "
            "epochs accuracy is still 10 %.",
            cause="Twelve sigmoids stand one behind another. The slope of a sigmoid is at most 1/4, so at most "
            "(1/4)¹², less than a ten-millionth, of a gradient comes through them, times the weights on the way. "
            "Measured before the first step, the gradient of the first kernels is tens of millions of times smaller "
            "than that of the last layer’s weights; with ReLU it is no smaller at all. What tells images apart fades "
            "in the same way going forward.",
            cure="Take ReLU instead of sigmoid in the twelve hidden layers: its slope is 1 wherever it is not 0.",
            term="vanishing-gradients",
            healthy_spec=_twelve_hidden_layers("relu"),
            healthy_recipe=Recipe(),
        ),
    ),
    Preset(
        "patient-4",
        "Patient 4: one digit in four is wrong",
        "I do learn, and fast; but one digit in four I get wrong, and those that I practised with hardly less often.",
        _first_stride(8),
        Recipe(learning_rate=0.003),
        Diagnosis(
            symptom="After three epochs about 75 % of the test images are right, where the cured network reaches "
            "about 95 %. Training images fare hardly better, so it has not learned them by heart.",
            cause="The first kernel is 3×3 and moves 8 pixels at a time. It stops at 4×4 places with gaps of 5 pixels "
            "between them, so that 144 of the 784 pixels, 18 %, are read; whatever stands in the others changes "
            "nothing.",
            cure="Give the first convolution a stride of 2, less than its kernel: 729 pixels are read, 93 %, with "
            "the same 14,378 weights.",
            term="stride",
            healthy_spec=_first_stride(2),
            healthy_recipe=Recipe(learning_rate=0.003),
        ),
    ),
    Preset(
        "patient-5",
        "Patient 5: ten convolutions, no progress",
        "I have ten convolutions to think with, and still my loss is 2.303 from beginning to end.",
        _ten_convolutions(),
        Recipe(epochs=2, learning_rate=0.05, optimizer="sgd"),
        Diagnosis(
            symptom="The loss stays at 2.303 and accuracy at 10 %. “Look inside” shows kernels like any others, but "
            "feature maps that fade from layer to layer until nothing is left.",
            cause="The weights begin normal with deviation 0.05. With 3×3×16 numbers in and ReLU behind it, a "
            "convolution then keeps about 0.05·√(144/2) = 0.42 of the size of what comes in: before the first "
            "step the numbers behind the tenth are of size 0.00001, and gradients shrink likewise on their way back.",
            cure="Put batch normalisation between each convolution and its ReLU: it brings every channel to "
            "variance 1, whatever size the weights begin with. Weights that begin by He’s rule, here with a "
            "deviation of 0.12, would get it going too.",
            term="batch-normalisation",
            healthy_spec=_ten_convolutions(BatchNormalization()),
            healthy_recipe=Recipe(epochs=2, learning_rate=0.05, optimizer="sgd"),
        ),
    ),
    Preset(
        "patient-6",
        "Patient 6: perfect, but only in practice",
        "The images that I practise with I know to almost the last one, but of new ones I get one in ten wrong; and "
        "every step is heavy going.",
        _before_a_dense_layer(),
        Recipe(epochs=8, learning_rate=0.002, train_count=3_000),
        Diagnosis(
            symptom="After eight epochs more than 99 % of the 2,700 training images are right and about 90 % of the "
            "test images; the validation loss hardly falls any more after the third epoch, and rises in the end.",
            cause="Flatten hands 28×28×32 = 25,088 numbers to a dense layer of 256 units. That layer holds 6,422,784 "
            "of the network’s 6,430,154 weights: some 2,400 for each image, with a weight of its own for every "
            "feature at every single place. And all of them take part in every step.",
            cure="Pool after each convolution: 1,568 numbers reach the dense layer, the network has 409,034 weights, "
            "a sixteenth, and a step takes about a fifth of the time. About 93 % of the test images are right, and the "
            "test loss is about 0.24 instead of 0.42. To make the layer narrower instead, 16 units for as few weights, "
            "saves the time as well, but reads no better than before.",
            term="dense",
            healthy_spec=_before_a_dense_layer(Pooling2D()),
            healthy_recipe=Recipe(epochs=8, learning_rate=0.002, train_count=3_000),
        ),
    ),
)
