"""Extension 5: find the bugs

Nothing is asked of how the network is put together: only what it has registered, and what it computes.
"""

import numpy as np

from grader.compare import assert_same
from grader.rubric import points

PARAMETERS, ENTRIES = 1_944_083, 136  # with 3 channels out


@points(1)
def test_registered(student, draw):
    """Every layer is registered when the network is built"""
    _, answer = student.ask("bugs_registered", {"seed": draw.seed()}, {"x": picture(draw, 32, 32)})
    before, after, entries = answer["y"].tolist()
    assert before == after, (
        f"expected as many parameters before the first call as after it, not {before} and {after}"
    )
    assert before == PARAMETERS, f"expected {PARAMETERS:,} parameters, not {before:,}"
    assert entries == ENTRIES, f"expected {ENTRIES} entries in the state dict, not {entries}"


def picture(draw, height: int, width: int) -> np.ndarray:
    """(1, 3, height, width), in [0, 1]."""
    return draw(1, 3, height, width) / 8 + np.float32(0.5)


@points(1)
def test_equal_answers(student, draw):
    """In eval() the same picture gives the same answer, also through a state dict"""
    x, other = picture(draw, 32, 48), picture(draw, 32, 48)
    _, found = student.ask("bugs_answers", {"seed": draw.seed()}, {"x": x, "other": other})
    assert_same(found["again"], found["first"], "the answer to the same picture, asked again")
    assert np.abs(found["between"] - found["first"]).max() > 1e-5, (
        "expected another answer to another picture"
    )
    assert_same(found["copied"], found["first"], "the answer of a new network with the same state dict")


@points(1)
def test_probabilities(student, draw):
    """480 x 640 pixels give probabilities of the same size, that sum to 1 over the channels"""
    for channels, height, width in ((4, 480, 640), (2, 48, 32)):
        data = {"seed": draw.seed(), "out_channels": channels}
        _, answer = student.ask("bugs_probabilities", data, {"x": picture(draw, height, width)})
        y, expected = answer["y"], (1, channels, height, width)
        assert y.shape == expected, f"expected probabilities of shape {expected}, not {y.shape}"
        off = np.abs(y.sum(1) - 1).max()
        assert off < 1e-4, f"expected the channels to sum to 1, not to be up to {off:.2g} off"
        assert y.min() >= 0, f"expected no probability below 0, not {y.min():.2g}"


@points(1)
def test_layers(student, draw):
    """ReLU6 cuts at 6, each level gets its skip, and the network learns"""
    seed, x = draw.seed(), picture(draw, 32, 32)
    _, answer = student.ask("bugs_saturated", {"seed": seed}, {"x": x})
    # Shifted far up, every ReLU6 gives 6 everywhere: nothing of the picture is left.
    left = np.ptp(answer["y"], axis=(2, 3)).max()
    assert left < 1e-4, (
        f"expected every activation to be cut at 6, but {left:.2g} of the picture comes through"
    )
    touched = x.copy()
    touched[0, :, 16, 16] += 0.5
    data = {"seed": seed, "out_channels": 3}
    before, after = (student.ask("bugs_probabilities", data, {"x": one})[1]["y"] for one in (x, touched))
    moved = np.abs(after - before).sum((0, 1))
    share = moved[14:19, 14:19].sum() / max(moved.sum(), 1e-12)
    assert share > 0.2, (
        f"expected a pixel to matter most where it is: only {100 * share:.0f} % of its effect is there"
    )
    target = np.zeros((2, 32, 32), np.int64)
    target[0, 8:24, 4:20], target[1, 4:12, 10:30] = 1, 1
    images = 0.3 * (draw(2, 3, 32, 32) / 8 + 0.5) + 0.5 * target[:, None]
    data = {"seed": seed, "steps": 15, "rate": 5e-3}
    _, answer = student.ask("bugs_learning", data, {"x": images.astype(np.float32), "target": target})
    first, last = answer["y"][0], answer["y"][-1]
    assert last < 0.5 * first, (
        f"expected the loss to fall to less than half in 15 steps, not from {first:.3f} to {last:.3f}"
    )


@points(1)
def test_comments(student, reference):
    """The comments say what the code does"""
    said, right = (who.ask("bugs_comments", {})[0]["said"] for who in (student, reference))
    wrong = [place for place, word in right.items() if said.get(place) != word]
    assert not wrong, f"expected another word for {len(wrong)} of the {len(right)} places: {', '.join(wrong)}"
