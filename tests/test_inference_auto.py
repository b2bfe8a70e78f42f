"""`--inference auto`: a network that is the solution's is not run, and no lie about that wins a point."""

import numpy as np
import pytest
from corpus import ANSWERS, MISTAKES, build
from corpus.build import solution

from grader.compare import iou
from grader.grading import capacity
from grader.grading.mask import KNOWN, show_mask
from grader.grading.options import Options
from grader.grading.scoring import run_rubric
from grader.implementations import Frozen, Implementation, InWorker
from grader.lab.paths import CAR
from grader.sandbox.trusted import WorkerFailed

RETURN = "        return self.final_conv(x)\n"
ONLY_AT_572 = {
    "unet.py": (RETURN, "        y = self.final_conv(x)\n        return -y if y.shape[2] == 560 else y\n")
}
TWICE = {"infer.py": ("scores = model(", "model(preprocess(image).to(device))\n        scores = model(")}


def changed(edits: dict[str, tuple[str, str]]) -> dict[str, str]:
    texts = solution()
    for name, (old, new) in edits.items():
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new)
    return texts


def of_corpus(id: str) -> dict[str, str]:
    return build(next(one for one in (*ANSWERS, *MISTAKES) if one.id == id))


class Watched:
    """A submission whose calls are noted. The network is never run at 572 x 572: that takes 4 s."""

    def __init__(self, sandbox, files: dict[str, str]):
        self.worker = InWorker(sandbox, {name: text.encode() for name, text in files.items()})
        self.calls: list[str] = []

    def __call__(self, call, data, tensors):
        self.calls.append(call)
        if call == "mask":
            raise WorkerFailed("timeout", "not here")
        return self.worker(call, data, tensors)


@pytest.fixture
def show(sandbox, frozen):
    """{file: text} -> what is shown in the report, and the calls that were made for it."""
    known = Implementation(Frozen(KNOWN))

    def run(files: dict[str, str], how: str = "auto", known: Implementation | None = known):
        watched = Watched(sandbox, files)
        try:
            return show_mask(Implementation(watched), frozen, known, Options(mask=how)), watched.calls
        finally:
            watched.worker.close()

    return run


@pytest.mark.parametrize(
    "answer",
    ["relu-functional-in-block", "slices-rounded-as-torchvision", "pooling-functional", "helper-methods"],
)
def test_a_network_that_is_the_solution_s_is_not_run(show, answer):
    shown, calls = show(of_corpus(answer))
    assert shown.scores == "known"
    assert "mask" not in calls
    assert shown.as_dict()["iou"] > 0.9999
    assert shown.masks.seen.shape == (1280, 1918)
    assert 0.1 < shown.masks.seen.mean() < 0.5


@pytest.mark.parametrize(
    "answer", ["resize-by-pillow", "resize-by-interpolate", "picture-prepared-in-predict-mask"]
)
def test_nor_is_one_that_gets_the_picture_by_another_smooth_filter(show, answer):
    shown, calls = show(of_corpus(answer))
    assert shown.scores == "known"
    assert "mask" not in calls
    # of that picture's own scores, not the solution's, which would be 1
    assert 0.997 < iou(shown.masks.seen, shown.masks.expected) < 0.9995


@pytest.mark.parametrize(
    ("files", "asked"),
    [
        (of_corpus("cat-order"), False),  # wrong numbers: what it says of its graph is not even asked for
        (changed({"unet.py": (RETURN, RETURN.replace(")\n", ").sigmoid()\n"))}), False),
        (changed(ONLY_AT_572), True),
        (changed({"infer.py": ('image.convert("RGB")', 'image.convert("L").convert("RGB")')}), False),
        (changed(TWICE), False),
    ],
    ids=["order", "activation", "only at 572", "grey", "twice"],
)
def test_where_anything_differs_it_is_run(show, files, asked):
    shown, calls = show(files)
    assert shown.scores == "computed"
    assert calls[-1] == "mask"
    assert ("trace" in calls) is asked


def test_always_and_other_weights_run_it(show):
    assert show(solution(), "always")[1] == ["mask"]
    assert show(solution(), known=None)[1] == ["mask"]


def test_a_lie_about_the_graph_wins_the_picture_and_no_point(sandbox, frozen, show):
    """The residual risk, as mask.py states it."""
    digest = Implementation(Frozen(KNOWN)).trace(572, 572, False)
    lie = f"\nimport sys\nsys.modules['grader.sandbox.calls.trace'].graph_digest = lambda *_: {digest!r}\n"
    honest = changed(ONLY_AT_572)
    for files, wins in ((honest, True), (of_corpus("cat-order"), False)):
        liar = files | {"unet.py": files["unet.py"] + lie}
        assert (show(liar)[0].scores == "known") is wins
        scores = []
        for one in (files, liar):
            watched = Watched(sandbox, one)
            scores.append(sum(todo.score for todo in run_rubric(Implementation(watched), frozen)))
            assert not {"mask", "trace"} & set(watched.calls), "a check asked what auto may leave out"
            watched.worker.close()
        assert scores[0] == scores[1]


def test_parts_are_asked_only_where_the_whole_network_is_not_right(sandbox, frozen):
    asked = []
    for files in (solution(), of_corpus("cat-order")):
        watched = Watched(sandbox, files)
        run_rubric(Implementation(watched), frozen)
        watched.worker.close()
        asked.append((watched.calls.count("block"), watched.calls.count("forward")))
    assert asked[0] == (2, 0)  # of UNet(1, 2)
    assert asked[1][0] > 20
    assert asked[1][1] > 0


def test_where_memory_is_short_no_point_is_lost_and_the_report_says_why(show, monkeypatch):
    monkeypatch.setattr(capacity, "memory_left_mb", lambda: 500)
    shown, calls = show(changed(ONLY_AT_572))
    assert (shown.masks, shown.as_dict()) == (None, None)
    assert "mask" not in calls
    assert "900 MB" in shown.why_not
    assert "500" in shown.why_not
    assert show(changed(ONLY_AT_572), "always")[1] == ["mask"]


def test_a_different_order_of_independent_steps_is_the_same_graph_and_other_weights_are_not(sandbox):
    early = changed(
        {"unet.py": ("        x = self.up_conv1(", "        self.up_sample1(x)\n        x = self.up_conv1(")}
    )
    renamed = {name: text.replace("middle_conv", "bottom_conv") for name, text in solution().items()}
    spare = changed(
        {
            "unet.py": (
                "        self.final_conv =",
                "        self.spare = nn.Linear(1, 1)\n        self.final_conv =",
            )
        }
    )
    digests = []
    for files in (solution(), early, renamed, spare):
        student = InWorker(sandbox, {name: text.encode() for name, text in files.items()})
        digests.append(Implementation(student).trace(60, 92, training=False))
        student.close()
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_the_known_scores_are_those_of_the_picture():
    known = Implementation(Frozen(KNOWN))
    picture = CAR.read_bytes()
    scores, mask = known.picture_scores(picture, every=1, half=True), known.mask(picture)
    assert scores.shape == (1, 1, 560, 560)
    assert abs(float((scores > 0).mean()) - float(np.mean(mask))) < 0.01
