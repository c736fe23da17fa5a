"""The one kind of error that is meant for the person at the screen."""


class ClassroomError(Exception):
    """Something a person can put right: one sentence on what is wrong, one on the remedy.

    Args:
        problem: What is wrong, as a full sentence that a student understands.
        remedy: What to do about it, as a full sentence. May be empty only where nothing can be done.

    Example:
        >>> print(ClassroomError("The file is empty.", "Choose another one."))
        The file is empty. Choose another one.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem} {remedy}".strip())
        self.problem = problem
        self.remedy = remedy
