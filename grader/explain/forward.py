"""Mistakes in forward: the graph that the submission draws, beside the reference's.

The student's layers are known by their names; anything else that forward calls is known by the name of
the torch function. Next files: graph.py, then comparison.py.
"""

from grader.checking.inputs import Draw
from grader.checking.stand_ins import stand_ins
from grader.explain.comparison import Comparison
from grader.explain.found import Found
from grader.explain.graph import Graph
from grader.implementations import Array, Implementation, SubmissionFault, Tensors
from grader.lab.plan import CONCATS, DOWN_SAMPLES


def questions() -> tuple[Array, Tensors]:
    """The one input, and the weights of the stand-ins, with which graphs are drawn."""
    draw = Draw("explain.forward")
    return draw(1, 3, 92, 76), stand_ins(draw)


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of forward, if it is a known one."""
    if isinstance(error, SubmissionFault) and error.kind == "returned_none":
        return "forward.nothing_returned", {}
    if isinstance(error, SubmissionFault) and (name := _given_layer_missing(student, error)):
        return "forward.given_layer_missing", {"name": name}
    x, weights = questions()
    seen = student.wiring(x, weights)
    if seen["random"]:
        return "forward.random", {}
    if seen["input_changed"]:
        return "forward.in_place", {}
    found = Comparison(Graph(seen), Graph(reference.wiring(x, weights))).first_difference()
    return found or _of_pooling(student, reference)


def _given_layer_missing(student: Implementation, error: SubmissionFault) -> str | None:
    """A pooling or a concat that forward stumbled over, and that UNet does not have."""
    where = f"{error.facts.get('text')} {error.facts.get('source_line')}"
    for name in (*DOWN_SAMPLES, *CONCATS):
        try:
            if name in where:
                student.layers(name)
        except SubmissionFault as fault:
            if fault.kind == "block_missing":
                return name
    return None


def _of_pooling(student: Implementation, reference: Implementation) -> Found:
    """The graph is right: then one of the given poolings may be another layer now."""
    for name in DOWN_SAMPLES:
        seen, expected = (network.layers(name)[0]["type"] for network in (student, reference))
        if seen != expected:
            return "forward.other_operation", {"found": seen, "expected": f"the pooling of {name}"}
    return None
