"""Mistakes in forward: the graph that the submission draws, beside the reference's.

The student's layers are known by their names; anything else that forward calls is known by the name of
the torch function. Next files: graph.py, then comparison.py.
"""

import difflib
import re

from grader.checking.inputs import Draw
from grader.checking.stand_ins import stand_ins
from grader.explain.comparison import Comparison
from grader.explain.found import Found
from grader.explain.graph import Graph
from grader.implementations import Array, Implementation, SubmissionFault, Tensors, claims
from grader.lab.plan import CHILDREN, CONCATS, DOWN_SAMPLES
from grader.language import _


def questions() -> tuple[Array, Tensors]:
    """The one input, and the weights of the stand-ins, with which graphs are drawn."""
    draw = Draw("explain.forward")
    return draw(1, 3, 46, 38), stand_ins(draw)


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of forward, if it is a known one."""
    if isinstance(error, SubmissionFault):
        found = _of_fault(student, error)
        if found:
            return found
    x, weights = questions()
    seen = student.wiring(x, weights)
    if seen["random"]:
        return "forward.random", {}
    if seen["input_changed"]:
        return "forward.in_place", {}
    compared = Comparison(Graph(seen), Graph(reference.wiring(x, weights)))
    found = compared.first_difference() or _of_pooling(student, reference) or _of_channels(seen)
    return found or compared.in_between()


def half_written(student: Implementation, error: SubmissionFault) -> Found:
    """A forward that ran some layers before it came to the line that is still to be written."""
    line, wiring = error.facts.get("line"), student.wiring(*questions())
    graph = Graph(wiring)
    ran = [graph.name(node) for node in sorted(graph.live) if graph.is_layer(node)][1:]
    if not ran or not isinstance(line, int):
        return None
    return "forward.half_written", {"line": line, "last": ran[-1]}


def _of_fault(student: Implementation, error: SubmissionFault) -> Found:
    facts = error.facts
    if error.kind == "not_a_tensor":
        return "forward.not_a_tensor", {}
    if error.kind == "other_network":
        return "submission.other_network", {}
    if error.kind in ("returned_none", "wrong_axes"):
        cause = {"returned_none": "nothing_returned"}.get(error.kind, error.kind)
        return f"forward.{cause}", {}
    if error.kind == "extra_layer":
        return "forward.extra_layer", {"name": claims.word(facts.get("name"))}
    if error.kind == "does_not_fit":
        return _of_weights(error)
    if name := _given_layer_missing(student, error):
        return "forward.given_layer_missing", {"name": name}
    unknown = re.search(r"^'UNet' object has no attribute '(\w+)'", str(facts.get("text")))
    if unknown and unknown[1] not in CHILDREN:
        near = difflib.get_close_matches(unknown[1], CHILDREN, n=1, cutoff=0.7)
        facts = {"found": unknown[1], "near": near[0] if near else None}
        return ("forward.attribute_near" if near else "forward.attribute"), facts
    return None


def _of_weights(error: SubmissionFault) -> Found:
    """Layers that the whole network has too many."""
    expected = claims.shapes(error.facts.get("expected"))
    extra = [key for key in claims.shapes(error.facts.get("found")) if key not in expected]
    return ("forward.extra_weights", {"key": claims.word(extra[0])}) if extra else None


def _of_channels(seen: claims.Wiring) -> Found:
    """Where nothing else is known: the first layer that gets a wrong number of channels."""
    if seen["misfit"] is None:
        return None
    name, found, expected = seen["misfit"]
    return "forward.channels", {"name": name, "found": found, "expected": expected}


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
        seen, expected = (network.layers(name)[0] for network in (student, reference))
        changed = [f"{what}={seen.get(what)}" for what in expected if seen.get(what) != expected[what]]
        if seen["type"] != expected["type"]:
            changed = [seen["type"]]
        if changed:
            found = changed[0] if seen["type"] != expected["type"] else f"{seen['type']}({changed[0]})"
            return "forward.other_operation", {
                "found": found,
                "expected": _("the given {name}").format(name=name),
            }
    return None
