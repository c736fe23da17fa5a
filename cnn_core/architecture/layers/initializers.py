"""How weights begin: the initialisers that layers with weights offer."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from cnn_core.architecture.fields import choice
from cnn_core.architecture.layers.base import KerasCall

DEFAULT_INITIALIZER = "glorot_uniform"

_CLASS_NAMES = MappingProxyType(
    {
        "glorot_uniform": "GlorotUniform",
        "glorot_normal": "GlorotNormal",
        "he_uniform": "HeUniform",
        "he_normal": "HeNormal",
        "lecun_normal": "LecunNormal",
        "random_normal": "RandomNormal",
        "zeros": "Zeros",
    }
)
INITIALIZERS = tuple(_CLASS_NAMES)
INITIALIZER_TITLES = MappingProxyType(
    {
        "glorot_uniform": "Glorot, uniform",
        "glorot_normal": "Glorot, normal",
        "he_uniform": "He, uniform",
        "he_normal": "He, normal",
        "lecun_normal": "LeCun, normal",
        "random_normal": "normal, deviation 0.05",
        "zeros": "all zero",
    }
)


def initializer_field() -> Any:
    """Declare a layer's field that says how its weights begin."""
    return choice(
        DEFAULT_INITIALIZER,
        INITIALIZERS,
        label="Initial weights",
        help="How the weights begin. Glorot suits tanh and sigmoid, He suits ReLU: both keep the numbers' size from "
        "layer to layer.",
        code="i",
        titles=INITIALIZER_TITLES,
    )


def initializer_call(name: str) -> KerasCall:
    """Write an initialiser as Keras does; all but zero take a seed.

    Reference:
        Glorot & Bengio 2010, *Understanding the difficulty of training deep feedforward neural networks*;
        He et al. 2015, *Delving deep into rectifiers*.
    """
    return KerasCall(_CLASS_NAMES[name], {}, module="initializers", is_seeded=name != "zeros")


def initializer_words(name: str) -> str:
    """Write an initialiser in a few words; `""` for the usual one."""
    return "" if name == DEFAULT_INITIALIZER else f"weights begin {INITIALIZER_TITLES[name]}"
