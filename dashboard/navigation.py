"""The one list of pages: menu, addresses, titles and tests derive from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class PageEntry:
    """One page of the app.

    Args:
        file: Its file in `pages/`; the address is the file's name without number and ending.
        title: Its name in the menu.
        group: The menu's heading above it.
        question: What it answers, in large type at its top.
        summary: One sentence below the question.
        icon: An emoji of Streamlit's own font, in Material notation.
        is_lesson: Whether it teaches one concept, with its text and tasks beside what one operates.
    """

    file: str
    title: str
    group: str
    question: str
    summary: str
    icon: str
    is_lesson: bool = False

    @property
    def slug(self) -> str:
        """The page's address, as `"Draw_a_digit"`: what Streamlit makes of the file's name."""
        return self.file.removesuffix(".py").split("_", 1)[1]

    @property
    def path(self) -> str:
        """The page's file as seen from `app.py`."""
        return f"pages/{self.file}"


PAGES: tuple[PageEntry, ...] = (
    PageEntry(
        "01_Start.py",
        "Start",
        "Start",
        "Can a computer learn to read digits?",
        "Train a network of your own in about ten seconds, then draw a digit for it.",
        ":material/rocket_launch:",
    ),
    PageEntry(
        "02_Convolution.py",
        "Convolution",
        "Learn",
        "What does a convolution do?",
        "A small kernel walks along; at every place it multiplies, adds up, and writes one number.",
        ":material/grid_on:",
        is_lesson=True,
    ),
    PageEntry(
        "03_Pooling.py",
        "Pooling",
        "Learn",
        "What does pooling keep, and what does it lose?",
        "A window walks over a feature map and keeps one number of each place.",
        ":material/compress:",
        is_lesson=True,
    ),
    PageEntry(
        "04_Activation_functions.py",
        "Activation functions",
        "Learn",
        "Why does a neuron need a curve?",
        "Without one, a hundred layers could do no more than a single one.",
        ":material/trending_up:",
        is_lesson=True,
    ),
    PageEntry(
        "05_Vanishing_gradients.py",
        "Vanishing gradients",
        "Learn",
        "Why do deep networks stop learning?",
        "Each layer passes the gradient on to the one before it, and often only a part of it.",
        ":material/signal_cellular_alt:",
        is_lesson=True,
    ),
    PageEntry(
        "06_Softmax_and_loss.py",
        "Softmax and loss",
        "Learn",
        "How do numbers become an answer, and a mistake a number?",
        "Logits become probabilities, and the probability of the right class becomes the loss.",
        ":material/percent:",
        is_lesson=True,
    ),
    PageEntry(
        "07_Learning.py",
        "Learning",
        "Learn",
        "What happens in one step of training?",
        "One image, one loss, one gradient for every weight, one small step downhill.",
        ":material/downhill_skiing:",
        is_lesson=True,
    ),
    PageEntry(
        "08_From_dense_to_convolution.py",
        "From dense to convolution",
        "Learn",
        "Why should neurons share their weights?",
        "A convolution is a dense layer with most weights left out and the rest shared.",
        ":material/share:",
        is_lesson=True,
    ),
    PageEntry(
        "09_Overfitting.py",
        "Over-fitting",
        "Learn",
        "When does learning become learning by heart?",
        "With few images a network remembers them instead of understanding; some things help.",
        ":material/fitness_center:",
        is_lesson=True,
    ),
    PageEntry(
        "10_Other_convolutions.py",
        "Other convolutions",
        "Learn",
        "How else can a kernel walk?",
        "1×1, depthwise-separable, dilated and transposed: other walks, other costs.",
        ":material/apps:",
        is_lesson=True,
    ),
    PageEntry(
        "11_Exercises.py",
        "Exercises",
        "Learn",
        "Can you predict it?",
        "Questions about a real network: predict, then see the answer worked out.",
        ":material/quiz:",
    ),
    PageEntry(
        "12_Teach.py",
        "Teach",
        "Learn",
        "How do I teach with this?",
        "Lesson plans that lead through the app with one key, large type for a projector, and controls out of sight.",
        ":material/school:",
    ),
    PageEntry(
        "19_Glossary.py",
        "Glossary",
        "Learn",
        "What do the words mean?",
        "Every word of the field that this app uses, with an example small enough to check by hand.",
        ":material/menu_book:",
    ),
    PageEntry(
        "20_Design.py",
        "Design",
        "Build and train",
        "What shall the network look like?",
        "Choose its layers and see at once what they make of an image, and what they cost.",
        ":material/architecture:",
    ),
    PageEntry(
        "21_Train.py",
        "Train",
        "Build and train",
        "How does it learn?",
        "Watch loss and accuracy batch by batch; pause, step and stop whenever you like.",
        ":material/show_chart:",
    ),
    PageEntry(
        "22_Compare.py",
        "Compare",
        "Build and train",
        "Which one is better, and what does it cost?",
        "Lay trainings over each other: curves, figures, and the settings in which they differ.",
        ":material/compare_arrows:",
    ),
    PageEntry(
        "23_Data_sets.py",
        "Data sets",
        "Build and train",
        "What does it learn from?",
        "Look at the images of every data set, bring your own, or draw a set of your own classes.",
        ":material/photo_library:",
    ),
    PageEntry(
        "30_Look_inside.py",
        "Look inside",
        "Look inside",
        "What does the network see?",
        "One network, one image: what every layer makes of it, and why the network decides as it does.",
        ":material/visibility:",
    ),
    PageEntry(
        "31_Evaluate.py",
        "Evaluate",
        "Look inside",
        "How good is it, truly?",
        "Which classes it confuses, its worst mistakes, how sure it should be, and how much chance is in the figures.",
        ":material/fact_check:",
    ),
    PageEntry(
        "40_Draw_a_digit.py",
        "Draw a digit",
        "Try",
        "Can it read your handwriting?",
        "Draw one digit; the network answers while you draw, and says why it reads what it reads.",
        ":material/draw:",
    ),
    PageEntry(
        "41_Class_test_set.py",
        "Class test set",
        "Try",
        "Whose network reads our handwriting best?",
        "The room draws a test set together; a board ranks the networks on it.",
        ":material/groups:",
    ),
    PageEntry(
        "42_Judge_an_image.py",
        "Judge an image",
        "Try",
        "What does it say about your image?",
        "Bring a picture: the verdict with its probability, what the network sees of it, and where it looked.",
        ":material/biotech:",
    ),
)


def page(slug: str) -> PageEntry:
    """Return the page with that address.

    Raises:
        KeyError: If there is none.
    """
    return {entry.slug: entry for entry in PAGES}[slug]


def run_selected_page() -> None:
    """Run the page that the address names; the first one where it names none."""
    pages = [
        st.Page(PROJECT / entry.path, title=entry.title, url_path=entry.slug, default=entry is PAGES[0])
        for entry in PAGES
    ]
    st.navigation(pages, position="hidden").run()
