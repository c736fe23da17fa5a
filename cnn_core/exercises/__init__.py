"""Questions about a real network: one predicts, and then sees the answer worked out.

Each kind of question is a function in one of the modules here with the decorator `@exercise_kind`; the registry
`EXERCISE_KINDS` holds them all, and menus, the score, the sheets and the tests are derived from it. The same network
and the same seed give the same question. Only what an exercise is made from may need TensorFlow, nothing in here does.
"""

from cnn_core.exercises import arithmetic, pictures  # these enter their kinds
from cnn_core.exercises.kinds import EXERCISE_KINDS, ExerciseKind, make_exercise
from cnn_core.exercises.record import Exercise, Picture, Working
from cnn_core.exercises.series import fresh_exercise, next_exercise, next_kind
from cnn_core.exercises.subject import SeenImages, Subject, ask_about, see_images, subject_of

__all__ = [
    "EXERCISE_KINDS",
    "Exercise",
    "ExerciseKind",
    "Picture",
    "SeenImages",
    "Subject",
    "Working",
    "arithmetic",
    "ask_about",
    "fresh_exercise",
    "make_exercise",
    "next_exercise",
    "next_kind",
    "pictures",
    "see_images",
    "subject_of",
]
