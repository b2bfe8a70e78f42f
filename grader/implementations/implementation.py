"""What a check may ask of a submission, and of the reference: arrays in, arrays out.

Both are an `Implementation`; they differ in who answers. A submission's answers come from a worker, the
reference's from a worker that runs the solution, or from a file of frozen answers.
"""

from dataclasses import dataclass

import numpy as np

from grader.implementations import claims, pictures
from grader.implementations.accessors import Accessors
from grader.implementations.answering import Array, Facts, Tensors
from grader.implementations.arrays import REAL, read_array
from grader.implementations.claims import Layer, Node, Wiring
from grader.implementations.fault import SubmissionFault, nonsense, of_call
from grader.implementations.pictures import Picture
from grader.implementations.served_mask import ServedMask
from grader.language import _

Channels = tuple[int, int]  # of UNet's input and output
COLOUR = (3, 1)


@dataclass(frozen=True)
class Forward:
    """What came of UNet.forward among stand-ins."""

    returned: Array | SubmissionFault  # (N, K, H, W), or why it is no such array
    final: Array  # what final_conv gave when it was called last, or would have given; else what was returned
    x_after: Array | None  # the input after the call

    @property
    def scores(self) -> Array:
        """What it returned (N, K, H, W). Raises SubmissionFault where that is no such array."""
        if isinstance(self.returned, SubmissionFault):
            raise SubmissionFault(self.returned.kind, str(self.returned), self.returned.facts)
        return self.returned


class Implementation(Accessors):
    """A submission, or the reference, as the checks see it: one method for each question about the core.

    The checks of an extension ask through the accessors, which stand in accessors.py. Whatever a submission
    sends, every method either returns what its signature says or raises SubmissionFault, with a message for
    the student.
    """

    def block(
        self,
        name: str,
        x: Array,
        training: bool = False,
        channels: Channels = COLOUR,
        weights: Tensors | None = None,
    ) -> Array:
        """One child on x (N, C, H, W), with the trained weights or those given -> (N, K, H', W')."""
        data = {"name": name, "training": training, "channels": list(channels)}
        what = _("the output of {name}").format(name=name)
        return self.array("block", data, {"x": x, **(weights or {})}, ndim=4, what=what)

    def crop_and_concat(self, x: Array, contracting_x: Array) -> Array:
        """CropAndConcat()(x, contracting_x) -> (N, C, H, W)."""
        tensors = {"x": x, "contracting_x": contracting_x}
        return self.array("crop_and_concat", {}, tensors, ndim=4, what=_("the result of CropAndConcat"))

    def crop_wiring(self, x: Array, contracting_x: Array) -> list[Node]:
        """The operations of CropAndConcat, as the worker says.

        Nodes 0 and 1 are its inputs, and are not in the list.
        """
        tensors = {"x": x, "contracting_x": contracting_x}
        read = claims.nodes_after(2)
        return self.fact("crop_wiring", {}, tensors, name="nodes", read=read)

    def forward(self, x: Array, weights: Tensors, training: bool = False, again: int = 0) -> Forward:
        """UNet.forward among stand-ins. `again` asks anew."""
        data, names = {"training": training, "again": again}, ["y", "x_after", "final", "returned"]
        facts, found = self.ask("forward", data, {"x": x, **weights}, keep=names)
        x_after = None
        if "x_after" in found:
            x_after = read_array(facts, found, "x_after", _("the input after the call"), kinds=REAL)
        if "final" not in found:
            scores = _returned(facts, found)
            return Forward(scores, scores, x_after)
        final = read_array(facts, found, "final", _("what final_conv gives"), ndim=4)
        try:
            return Forward(_returned(facts, found), final, x_after)
        except SubmissionFault as fault:
            return Forward(fault, final, x_after)

    def scores(
        self, x: Array, training: bool = False, lower: float = 0.0, channels: Channels = COLOUR
    ) -> Array:
        """The whole UNet(*channels) on x (N, C, H, W) -> scores (logits), `lower` taken off each of them.

        The trained weights are cut or repeated to fit these channels.
        """
        data = {"training": training, "lower": lower, "channels": list(channels)}
        return self.array("scores", data, {"x": np.ascontiguousarray(x)}, ndim=4, what=_("the scores"))

    def picture_scores(
        self, picture: Picture, every: int, half: bool = False, reading: str | None = None
    ) -> Array:
        """preprocess, then the whole network -> every n-th row and column of the scores (1, 1, h, w).

        They are float32 or, for half, float16. reading: one of FILTERS in lab/readings.py, for the
        reference; the scores are then in steps of 1/16, up to 8.
        """
        data, tensors = pictures.request(picture)
        data |= {"every": every} | ({"half": True} if half else {})
        data |= {"reading": reading, "coarse": True} if reading else {}
        return self.array("picture_scores", data, tensors, ndim=4, what=_("the scores"))

    def preprocess(self, picture: Picture, every: int = 1, reading: str | None = None) -> Array:
        """infer.preprocess of a picture: every n-th row and column.

        reading: one of FILTERS in lab/readings.py, for the reference.
        """
        data, tensors = pictures.request(picture)
        data |= ({"every": every} if every > 1 else {}) | ({"reading": reading} if reading else {})
        return self.array("preprocess", data, tensors, kinds=REAL, what=_("what preprocess gives"))

    def trace(self, height: int, width: int, training: bool) -> str:
        """The digest of the graph that UNet(3, 1) draws for an input (1, 3, height, width).

        The worker says so: see grader/sandbox/calls/trace.py.
        """
        data = {"height": height, "width": width, "training": training}
        return self.fact("trace", data, name="digest", read=claims.text)

    def served_mask(
        self,
        picture: Picture,
        scores: Array,
        threshold: float | None = None,
        strict: bool = False,
        own: bool = False,
        reading: str | None = None,
        given: bool = False,
    ) -> ServedMask:
        """infer.predict_mask with a network that gives these scores (1, 1, h, w).

        A strict network gives other scores when it is run in training mode or with gradients. Without a
        threshold, predict_mask's own default is used. own: with the submission's own preprocess, in whose
        place else stands `given_input`. reading: one of MASKS in lab/readings.py. given: what the network was
        given is wanted, too, which is 4 MB.
        """
        data, tensors = pictures.request(picture)
        data |= {"threshold": [] if threshold is None else [threshold], "strict": strict}
        data |= ({"own": True} if own else {}) | ({"reading": reading} if reading else {})
        data |= {"given": True} if given else {}
        keep = ServedMask.names()
        return ServedMask.read(*self.ask("served_mask", data, tensors | {"scores": scores}, keep))

    def mask(self, picture: Picture) -> Array | None:
        """infer.predict_mask of a picture, by the whole network with the trained weights.

        None where it returns no array.
        """
        facts, found = self.ask("mask", *pictures.request(picture), keep=["mask"])
        return read_array(facts, found, "mask", _("the mask"), kinds=REAL) if "mask" in found else None

    def keys(self, channels: Channels = COLOUR) -> dict[str, list[int]]:
        """{name: shape} of parameters and buffers, as the worker says."""
        return self.fact("keys", {"channels": list(channels)}, name="keys", read=claims.shapes)

    def layers(self, name: str, channels: Channels = COLOUR) -> list[Layer]:
        """Types and settings of the layers in one child, as the worker says."""
        data = {"name": name, "channels": list(channels)}
        return self.fact("layers", data, name="layers", read=claims.layers)

    def wiring(self, x: Array, weights: Tensors) -> Wiring:
        """The graph of forward, as the worker says."""
        facts, _ = self.ask("wiring", {}, {"x": x, **weights}, keep=claims.WIRING)
        try:
            return claims.wiring(facts)
        except (ValueError, RecursionError):
            raise nonsense("wiring") from None


def _returned(facts: Facts, found: Tensors) -> Array:
    """The scores (N, K, H, W) that forward returned. Raises SubmissionFault."""
    said = facts.get("returned")
    if said is not None:
        raise of_call(said) if isinstance(said, dict) else nonsense("returned")
    return read_array(facts, found, "y", _("the scores"), ndim=4)
