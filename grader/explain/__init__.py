"""Recognises known mistakes, and explains them in the student's words.

For a failed check, `Explain` looks at what the submission answered, and asks it what its layers
and its wiring are. Those are claims of the student's process: they explain a lost point, and never
earn one. A mistake that is not recognised gets no cause: a guess would be worse than none.
Not in here: points; whether a check passed is decided before.
Next files: hints.py, then one file for each TODO.
"""

from collections.abc import Callable

from grader.explain import conv_blocks, crop_and_concat, extensions, forward, inference, raised
from grader.explain.found import Found
from grader.explain.hints import HINTS
from grader.implementations import Implementation, SubmissionFault
from grader.lab.plan import CORE, CORE_TODOS
from grader.language import _

Finder = Callable[[Implementation, Implementation, str, BaseException], Found]
FINDERS: dict[str, Finder] = {
    **dict(zip(CORE, (conv_blocks.find, crop_and_concat.find, forward.find, inference.find))),
    **extensions.FINDERS,
}


WITHOUT_END = {"import_file": "submission.import_timeout", "can_be_built": "submission.building_timeout"}


class Explain:
    """Callable: (check's id, what it raised) -> (cause, hint), or None if nothing is recognised."""

    def __init__(self, student: Implementation, reference: Implementation):
        self._student, self._reference = student, reference

    def __call__(self, check_id: str, error: BaseException) -> tuple[str, str] | None:
        """The cause of a failed check and a hint, if the mistake is a known one. Raises nothing."""
        todo, _dot, check = check_id.partition(".")
        try:
            found = self._of_file(todo, error)
            for find in (
                (self._of_exception, self._of_todo) if todo in CORE else (self._of_todo, self._of_exception)
            ):
                found = found or find(todo, check, error)
            if found is None:
                return None
            cause, facts = found
            return cause, _((HINTS | extensions.HINTS)[cause]).format(**facts)
        except Exception:
            # The submission cannot say what its layers are, or its claims make no sense. A failed explanation
            # must cost neither the student nor the run: the bare fact has to do.
            return None

    def _of_file(self, todo: str, error: BaseException) -> Found:
        """Mistakes that any file can have: holes, a file that cannot be imported, missing names."""
        if not isinstance(error, SubmissionFault):
            return None
        facts = error.facts
        if error.kind == "unfilled":
            return self._of_hole(todo, error)
        if error.kind == "timeout" and facts.get("step") in WITHOUT_END:
            return WITHOUT_END[facts["step"]], {}
        if error.kind == "class_missing":
            return ("submission.class_renamed" if facts.get("near") else "submission.class_missing"), facts
        if error.kind == "function_missing":
            return "submission.function_missing", facts
        if error.kind == "file_missing":
            return "submission.file_missing", facts
        if error.kind == "part_missing":
            return "submission.part_missing", facts
        if error.kind != "raised":
            return None
        if facts["exception"] in ("SyntaxError", "IndentationError", "TabError"):
            return "submission.syntax_error", {}
        if "before Module.__init__() call" in facts["text"]:
            return "submission.super_missing", {}
        if self._imports(todo):
            return None
        if facts["exception"] in ("NameError", "AttributeError") and (found := raised.find(todo, error)):
            return found
        if facts["exception"] in ("ImportError", "ModuleNotFoundError"):
            return "submission.import_error", {}
        return "submission.import_raises", {}

    def _of_exception(self, todo: str, check: str, error: BaseException) -> Found:
        return raised.find(todo, error) if isinstance(error, SubmissionFault) else None

    def _of_todo(self, todo: str, check: str, error: BaseException) -> Found:
        return FINDERS[todo](self._student, self._reference, check, error) if todo in FINDERS else None

    def _of_hole(self, todo: str, error: SubmissionFault) -> Found:
        """A TODO still to be written; of forward, perhaps only its second half."""
        if todo == "forward" and (found := forward.half_written(self._student, error)):
            return found
        return f"{todo}.unfilled", {"what": _(str(error.facts.get("text", error)).rstrip("."))}

    def _imports(self, todo: str) -> bool:
        files = {one.id: one.file.removesuffix(".py") for one in CORE_TODOS}
        files |= {name: f"extensions.{name}" for name in extensions.FINDERS}
        try:
            self._student.ask("import_file", {"name": files.get(todo, "unet")}, keep=())
        except SubmissionFault:
            return False
        return True
