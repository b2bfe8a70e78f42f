"""What a check may ask of a submission, and of the reference: arrays in, arrays out.

Both are an `Implementation`; they differ in who answers. A submission's answers come from a worker, the
reference's from a worker that runs the solution, or from a file of frozen answers.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from grader.implementations.answering import Answering, Tensors
from grader.sandbox.trusted import WorkerFailed

MESSAGE_CAP = 1000  # characters of what a submission may say of its failure
Picture = bytes | Image.Image  # the bytes of a file, or an image


class SubmissionFault(Exception):
    """The submission could not answer; the message is for the student."""

    def __init__(self, kind: str, message: str, facts: dict | None = None):
        super().__init__(message[:MESSAGE_CAP])
        self.kind, self.facts = kind, facts or {}


@dataclass(frozen=True)
class ServedMask:
    """What predict_mask made of scores that we gave, and how it asked for them."""

    mask: np.ndarray | None  # (H, W) or whatever came
    kind: str  # array, tensor or the name of another type
    dtype: str
    x: np.ndarray | None  # what the network was given
    training: bool
    gradients: bool
    operations: list[str]  # the torch functions that predict_mask called
    calls: int = 1  # how often it ran the network


class Implementation:
    """A submission, or the reference, as the checks see it. Every method raises SubmissionFault."""

    def __init__(self, answering: Answering):
        self._answering = answering

    def ask(self, call: str, data: dict, tensors: Tensors | None = None) -> tuple[dict, Tensors]:
        try:
            facts, answer = self._answering(call, data, tensors or {})
        except WorkerFailed as failed:
            raise SubmissionFault(*describe(failed), vars(failed)) from None
        if "fault" in facts:
            raise SubmissionFault(str(facts["fault"]), str(facts.get("text", "")), facts)
        return facts, answer

    def block(
        self,
        name: str,
        x: np.ndarray,
        training: bool = False,
        channels=(3, 1),
        weights: Tensors | None = None,
    ):
        """One child on x (N, C, H, W), with the trained weights or those given -> (N, K, H', W')."""
        data = {"name": name, "training": training, "channels": list(channels)}
        return self._array("block", data, {"x": x, **(weights or {})})

    def crop_and_concat(self, x: np.ndarray, contracting_x: np.ndarray) -> np.ndarray:
        """CropAndConcat()(x, contracting_x)."""
        return self._array("crop_and_concat", {}, {"x": x, "contracting_x": contracting_x})

    def forward(self, x: np.ndarray, weights: Tensors, training: bool = False, again: int = 0):
        """UNet.forward among stand-ins -> (scores, x after the call). `again` asks anew."""
        _, answer = self.ask("forward", {"training": training, "again": again}, {"x": x, **weights})
        return _only(answer, "y"), answer.get("x_after")

    def scores(
        self, x: np.ndarray, training: bool = False, lower: float = 0.0, channels=(3, 1)
    ) -> np.ndarray:
        """The whole UNet(*channels) with the trained weights on x (N, C, H, W), cut or repeated to these
        channels; `lower` is taken off every score."""
        data = {"training": training, "lower": lower, "channels": list(channels)}
        return self._array("scores", data, {"x": np.ascontiguousarray(x)})

    def picture_scores(self, picture: Picture, every: int, half: bool = False) -> np.ndarray:
        """preprocess, then the whole network: every n-th row and column of the scores (1, 1, h, w), in
        float32 or, for half, float16."""
        data, tensors = _sent(picture)
        return self._array(
            "picture_scores", data | {"every": every} | ({"half": True} if half else {}), tensors
        )

    def preprocess(self, picture: Picture, every: int = 1) -> np.ndarray:
        """infer.preprocess of a picture: every n-th row and column."""
        data, tensors = _sent(picture)
        return self._array("preprocess", data | ({"every": every} if every > 1 else {}), tensors)

    def trace(self, height: int, width: int, training: bool) -> str:
        """The digest of the graph that UNet(3, 1) draws for an input (1, 3, height, width), as the worker
        says: see grader/sandbox/calls/trace.py."""
        data = {"height": height, "width": width, "training": training}
        return str(self.ask("trace", data)[0].get("digest"))

    def served_mask(
        self, picture: Picture, scores: np.ndarray, threshold: float | None = None, strict: bool = False
    ):
        """infer.predict_mask with a network that gives these scores (1, 1, h, w). A strict one gives
        others when it is run in training mode or with gradients. No threshold: the default one."""
        data, tensors = _sent(picture)
        data |= {"threshold": [] if threshold is None else [threshold], "strict": strict}
        facts, answer = self.ask("served_mask", data, tensors | {"scores": scores})
        return ServedMask(
            answer.get("mask"),
            str(facts.get("kind")),
            str(facts.get("dtype")),
            answer.get("x"),
            bool(facts.get("training")),
            bool(facts.get("gradients")),
            facts.get("operations", []),
            facts.get("calls", 1),
        )

    def mask(self, picture: Picture) -> np.ndarray | None:
        """infer.predict_mask of a picture with the whole network and the trained weights."""
        return self.ask("mask", *_sent(picture))[1].get("mask")

    def keys(self, channels=(3, 1)) -> dict[str, list[int]]:
        """{name: shape} of parameters and buffers, as the worker says."""
        return self.ask("keys", {"channels": list(channels)})[0]["keys"]

    def layers(self, name: str, channels=(3, 1)) -> list[dict]:
        """Types and settings of the layers in one child, as the worker says."""
        return self.ask("layers", {"name": name, "channels": list(channels)})[0]["layers"]

    def wiring(self, x: np.ndarray, weights: Tensors) -> dict:
        """{"nodes": [[operation, [nodes]]], "output": node, ...} of forward, as the worker says."""
        return self.ask("wiring", {}, {"x": x, **weights})[0]

    def _array(self, call: str, data: dict, tensors: Tensors) -> np.ndarray:
        return _only(self.ask(call, data, tensors)[1], "y")


def _sent(picture: Picture) -> tuple[dict, Tensors]:
    """A picture as a request: a file as it is, an image by its pixels (no encoder's version matters)."""
    if isinstance(picture, bytes):
        return {"mode": None}, {"picture": np.frombuffer(picture, np.uint8)}
    tensors = {"picture": np.frombuffer(picture.tobytes(), np.uint8)}
    if picture.mode == "P":
        tensors["palette"] = np.array(picture.getpalette(), np.uint8)
    return {"mode": picture.mode, "size": list(picture.size)}, tensors


def _only(answer: Tensors, name: str) -> np.ndarray:
    if name not in answer:
        raise SubmissionFault("nonsense", "the submission's process gave no answer that can be read")
    return answer[name]


def describe(failed: WorkerFailed) -> tuple[str, str]:
    """(kind, message) of a worker's failure, in the student's terms."""
    if failed.kind == "raised" and failed.todo:
        return "unfilled", f"{failed.text.rstrip('.')}: still to be written"
    if failed.kind == "raised":
        place = f"{failed.file}, line {failed.line}: " if failed.file and failed.line else ""
        code = f"\n    {failed.source_line}" if failed.source_line else ""
        return "raised", f"{place}{failed.exception}: {failed.text}{code}"
    return failed.kind, failed.message
