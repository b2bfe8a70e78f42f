"""What a submission never comes back from: the import of a file, the construction of the network. Found once.

Nearly every call begins with one of them. Asked alone, with a limit of its own, it is waited for once, and
not once for each kind of call.
"""

from grader.implementations.answering import Answering, Facts, Tensors
from grader.lab.extensions import EXTENSIONS
from grader.language import N_, _
from grader.sandbox.trusted import WorkerFailed

IMPORT, BUILD = "import_file", "can_be_built"  # the calls that do nothing else
OF_UNET = ("load", "keys", "layers", "block", "forward", "wiring", "scores", "trace", "sizes")
OF_INFER = ("can_be_imported", "preprocess", "served_mask")
OF_BOTH = ("picture_scores", "mask")
FILES = {
    **dict.fromkeys((BUILD, "crop_and_concat", "crop_wiring", *OF_UNET), ("unet",)),
    **dict.fromkeys(OF_INFER, ("infer",)),
    **dict.fromkeys(OF_BOTH, ("unet", "infer")),
}
EXTENSION_OF = {name.partition("_")[0]: name for name in EXTENSIONS} | {"bugs": "find_the_bugs"}
BUILDS = (BUILD, *OF_UNET, *OF_BOTH)
WHEN = N_({IMPORT: "{said} while {file}.py is imported", BUILD: "{said} while UNet is built"})


def files_of(call: str, data: Facts) -> tuple[str, ...]:
    """The modules that a call imports; none where that is not known."""
    if call == IMPORT:
        return (str(data.get("name")),)
    extension = EXTENSION_OF.get(call.partition("_")[0])
    return (f"extensions.{extension}",) if extension else FILES.get(call, ())


class DeadEnds:
    """Asks for answers, and gives what is known to have no end as it was the first time."""

    def __init__(self, ask: Answering):
        self._ask = ask
        self._ends: dict[str, Facts | None] = {}  # by the file, or BUILD; None: it does come back

    def __call__(self, call: str, data: Facts, tensors: Tensors) -> tuple[Facts, Tensors]:
        """The answer. Raises what `ask` does."""
        files = files_of(call, data)
        for file in files:
            if file not in self._ends:
                self._ends[file] = self._tried(IMPORT, file)
        for step in (*files, *([BUILD] if call in BUILDS else [])):
            if (end := self._ends.get(step)) is not None:
                return dict(end), {}
        try:
            facts, answer = self._ask(call, data, tensors)
        except WorkerFailed as failed:
            if failed.kind == "timeout" and (end := self._at_building(call, _facts_of(failed))):
                return end, {}
            raise
        if isinstance(facts, dict) and facts.get("fault") == "timeout":
            return self._at_building(call, facts) or facts, answer
        return facts, answer

    def _at_building(self, call: str, facts: Facts) -> Facts | None:
        """After a call without an end: whether the network's construction was it."""
        if call not in BUILDS:
            return None
        if call == BUILD:
            self._ends[BUILD] = _named(facts, BUILD, "unet")
        elif BUILD not in self._ends:
            self._ends[BUILD] = self._tried(BUILD, "unet")
        return self._ends[BUILD]

    def _tried(self, call: str, file: str) -> Facts | None:
        """What is said of this step where it has no end. Other failures are for the calls themselves."""
        try:
            facts, _none = self._ask(call, {"name": file} if call == IMPORT else {}, {})
        except WorkerFailed as failed:
            facts = _facts_of(failed) if failed.kind == "timeout" else {}
        if not isinstance(facts, dict) or facts.get("fault") != "timeout":
            return None
        return _named(facts, call, file)


def _facts_of(failed: WorkerFailed) -> Facts:
    return {"fault": "timeout", "text": failed.message}


def _named(facts: Facts, call: str, file: str) -> Facts:
    said = _(WHEN[call]).format(said=facts.get("text"), file=file.replace(".", "/"))
    return {**facts, "text": said, "step": call}
