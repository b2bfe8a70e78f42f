"""Extension 4: the U-Net with BatchNorm, and checkpointing

Weights are drawn by the names that public weights have, so what is called otherwise computes
something else.
"""

import numpy as np

from grader.checking.inputs import Draw
from grader.compare import assert_same
from grader.implementations import Array, Implementation, Tensors
from grader.implementations.arrays import REAL
from grader.implementations.claims import shapes
from grader.lab.state_dict import first_misfit
from grader.language import N_, _
from grader.rubric import points

EXACT = 1e-10  # of the largest gradient, in float64


def assert_same_scores(
    student: Implementation,
    reference: Implementation,
    draw: Draw,
    height: int,
    width: int,
    **options: bool,
) -> None:
    """UNet(3, 2, **options) has the public names, and computes what the reference does."""
    found, expected = (
        who.fact("batchnorm_keys", {"options": options}, name="keys", read=shapes)
        for who in (student, reference)
    )
    misfit = first_misfit(found, expected)
    assert not misfit, _("public weights do not fit: {misfit}").format(misfit=misfit)
    data, x = {"options": options, "seed": draw.seed()}, draw(1, 3, height, width) / 4
    what = _("the scores of {height} x {width} pixels").format(height=height, width=width)
    seen, wanted = (
        who.array("batchnorm_scores", data, {"x": x}, ndim=4, what=what) for who in (student, reference)
    )
    assert_same(seen, wanted, what)


def assert_same_maps(
    student: Implementation, reference: Implementation, data: dict[str, object], tensors: Tensors, what: str
) -> None:
    """What Up concatenates, with the channels in any order: which map comes first is for another check."""
    seen, expected = (
        who.array("batchnorm_up", data, tensors, ndim=4, what=what) for who in (student, reference)
    )
    seen, expected = (y[:, np.argsort(y.mean((0, 2, 3)))] for y in (seen, expected))
    assert_same(seen, expected, what)


@points(1)
def test_double_conv(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """DoubleConv is (convolution, BatchNorm, ReLU) twice, under the public names"""
    for channels in ([3, 6], [4, 2, 5]):
        data, x = {"channels": channels, "seed": draw.seed()}, draw(2, channels[0], 6, 7)
        what = _("the output of DoubleConv{channels}").format(channels=tuple(channels))
        seen, expected = (
            who.array("batchnorm_block", data, {"x": x}, ndim=4, what=what) for who in (student, reference)
        )
        assert_same(seen, expected, what)


@points(1, needs=test_double_conv)
def test_transposed(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Public weights fit the network with transposed convolutions, and give their scores"""
    assert_same_scores(student, reference, draw, 32, 48)


@points(1, needs=test_double_conv)
def test_odd_sizes(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Where a size is odd, the up-sampled map is padded to the skip's size"""
    data = {"channels": [4, 2], "bilinear": False, "seed": draw.seed()}
    for height, width in ((5, 7), (6, 9), (7, 6), (8, 8), (9, 11)):
        tensors = {"x": draw(1, 4, 2, 3), "skip": draw(1, 2, height, width)}
        what = _("what Up concatenates for a skip of {height} x {width}").format(height=height, width=width)
        assert_same_maps(student, reference, data, tensors, what)


@points(1, needs=test_double_conv)
def test_bilinear_and_older(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """The bilinear and the older form are right, too"""
    data = {"channels": [4, 2], "bilinear": True, "seed": 0}
    tensors = {"x": draw(1, 2, 3, 4), "skip": draw(1, 2, 6, 8)}
    assert_same_maps(student, reference, data, tensors, _("what a bilinear Up concatenates"))
    for options in ({"bilinear": True}, {"older": True}):
        assert_same_scores(student, reference, draw, 32, 32, **options)


@points(1)
def test_checkpointing(student: Implementation, reference: Implementation, draw: Draw) -> None:
    """Checkpointing keeps less, and changes neither gradients nor running statistics"""
    x = draw(2, 3, 32, 48).astype(np.float64) / 4
    assert_checkpointing_changes_nothing(student, {"options": {}, "seed": draw.seed()}, x)
    for names in (("x",), ("x", "skip")):
        tensors = {name: draw(2, 3, 6, 7).astype(np.float64) / 4 for name in names}
        assert_block_runs_twice(student, reference, draw, tensors)


def assert_checkpointing_changes_nothing(student: Implementation, data: dict[str, object], x: Array) -> None:
    """The submission's own network, with checkpointing and without; all of it as the worker says."""
    found = student.arrays(
        "batchnorm_checkpointing",
        data,
        {"x": x},
        kinds=REAL,
        plain_scores=4,
        plain_gradients=1,
        plain_cost=1,
        plain_statistics=1,
        checkpointed_scores=4,
        checkpointed_gradients=1,
        checkpointed_cost=1,
        checkpointed_statistics=1,
        checkpointed_batches=1,
    )
    off = {}
    words = N_({"scores": "scores", "gradients": "gradients", "statistics": "statistics"})
    for name, word in words.items():
        plain, checkpointed = (found[f"{way}_{name}"] for way in ("plain", "checkpointed"))
        assert plain.shape == checkpointed.shape, _(
            "expected as many {name} with checkpointing, not {size} for {seen}"
        ).format(name=_(word), size=checkpointed.size, seen=plain.size)
        off[name] = np.abs(plain - checkpointed).max()
        assert name == "statistics" or off[name] <= EXACT * np.abs(plain).max(), _(
            "expected the same {name} with checkpointing, not {off:.2g} off"
        ).format(name=_(word), off=off[name])
    assert np.abs(found["plain_gradients"]).max() > 0, _("expected gradients, but every one is 0")
    batches = float(found["checkpointed_batches"].max())
    assert batches == 1, _("expected each BatchNorm to count 1 batch in one step, not {batches:g}").format(
        batches=batches
    )
    assert off["statistics"] == 0, _(
        "expected the same running statistics with checkpointing, not {statistics:.2g} off"
    ).format(statistics=off["statistics"])
    plain_cost, cost = float(found["plain_cost"][0]), float(found["checkpointed_cost"][0])
    assert cost < 0.6 * plain_cost, _(
        "expected checkpointing to keep less for the backward pass, not {cost:,.0f} bytes "
        "instead of {plain_cost:,.0f}"
    ).format(cost=cost, plain_cost=plain_cost)


def assert_block_runs_twice(
    student: Implementation, reference: Implementation, draw: Draw, tensors: Tensors
) -> None:
    """run_block with a stand-in, whose gradients come from another run where it was checkpointed."""
    tensors |= {
        "kernel": draw(2, 3, 3, 3).astype(np.float64) / 8,
        "shifts": draw(4).astype(np.float64),
        "slopes": draw(2, 2, 6, 7).astype(np.float64),
    }
    maps = _("two maps") if "skip" in tensors else _("one map")
    for checkpointing in (False, True):
        seen, expected = (
            who.arrays(
                "batchnorm_run_block",
                {"checkpointing": checkpointing},
                tensors,
                kinds=REAL,
                y=4,
                gradients=1,
                statistics=1,
                batches=1,
            )
            for who in (student, reference)
        )
        with_it, without = (
            _("of a block run with checkpointing on {maps}"),
            _("of a block run without checkpointing on {maps}"),
        )
        how = (with_it if checkpointing else without).format(maps=maps)
        for name, what in (
            ("y", _("the output {how}").format(how=how)),
            ("gradients", _("the gradients {how}").format(how=how)),
            ("statistics", _("the running statistics {how}").format(how=how)),
            ("batches", _("the batches counted {how}").format(how=how)),
        ):
            assert_same(seen[name], expected[name], what)
