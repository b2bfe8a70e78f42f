"""The wiring of forward as edges: which are wrong, and that the right one is never told."""

import pytest
from made_up import a_report, a_wrong_report, an_untouched_report, fail, wiring

from grader.outputs.pages import u_drawing
from grader.outputs.pages.feedback import TOLD
from grader.outputs.pages.wiring import BOXES, MAX_EDGES, OUTPUT, read_wiring

# What the student's forward does otherwise: the nodes that change, and the edges that are then wrong.
WRONG = {
    "another level": ((("concat3", ["up_sample3", "down_conv1"]),), ["down_conv1 → concat3"]),
    "after the pooling": ((("concat1", ["up_sample1", "down_sample4"]),), ["down_sample4 → concat1"]),
    "arguments": (
        (("concat2", ["down_conv3", "up_sample2"]),),
        ["down_conv3 → concat2", "up_sample2 → concat2"],
    ),
    "twice the same": ((("concat2", ["up_sample2", "up_sample2"]),), ["up_sample2 → concat2"]),
    "skip dropped": ((("up_conv2", ["up_sample2"]),), ["up_sample2 → up_conv2"]),
    "middle left out": ((("up_sample1", ["down_sample4"]),), ["down_sample4 → up_sample1"]),
    "pooling left out": ((("down_conv3", ["down_conv2"]),), ["down_conv2 → down_conv3"]),
    "pooled first": (
        (("max_pool2d", ["input"]), ("down_conv1", ["max_pool2d"])),
        ["input → pool → down_conv1"],
    ),
    "zeros": (
        (("zeros_like", ["down_conv1"]), ("concat4", ["up_sample4", "zeros_like"])),
        ["down_conv1 → zeros_like → concat4"],
    ),
    "added": (
        (("add", ["up_sample3", "down_conv2"]), ("up_conv3", ["add"])),
        ["down_conv2 → add → up_conv3", "up_sample3 → add → up_conv3"],
    ),
    "twice": (
        (("middle_conv#2", ["middle_conv"]), ("up_sample1", ["middle_conv#2"])),
        ["middle_conv → middle_conv"],
    ),
}


def wrong_edges(changes, cause=None, **options) -> list[str]:
    report = a_report()
    fail(report, "forward.skips", "expected 1, not 2", cause, "a hint")
    report.wiring["seen"] = wiring(*changes, **options)
    return sorted(map(str, read_wiring(report).wrong))


@pytest.mark.parametrize("name", WRONG)
def test_exactly_the_wrong_edges(name):
    changes, expected = WRONG[name]
    assert wrong_edges(changes) == expected


def test_an_operation_is_wrong_where_it_is_the_cause():
    changes = (("sigmoid", ["final_conv"]),)
    assert wrong_edges(changes, "forward.activation", end="sigmoid") == ["final_conv → sigmoid → output"]
    assert wrong_edges(changes, None, end="sigmoid") == []  # it may be harmless: no accusation


@pytest.mark.parametrize("name", sorted(WRONG.keys() - {"twice"}))
def test_the_right_edge_is_not_drawn_in_its_place(name):
    report, changes = a_report(), WRONG[name][0]
    fail(report, "forward.skips", "expected 1, not 2")
    whole = {(edge.source, edge.target, edge.argument) for edge in read_wiring(a_report()).edges}
    report.wiring["seen"] = wiring(*changes)
    seen = read_wiring(report)
    drawn = {(edge.source, edge.target, edge.argument) for edge in seen.edges if not edge.is_wrong}
    assert drawn < whole
    assert len(u_drawing.lines(seen)) == len(seen.edges)


@pytest.mark.parametrize("name", WRONG)
def test_marks_and_labels_lie_inside_the_drawing(name):
    report = a_report()
    fail(report, "forward.skips", "expected 1, not 2")
    report.wiring["seen"] = wiring(*WRONG[name][0])
    for line in u_drawing.lines(read_wiring(report)):
        half = 4 * len(line.label)
        assert half <= line.label_at[0] <= u_drawing.WIDTH - half
        assert 10 <= line.at[0] <= u_drawing.WIDTH - 10
        assert 10 <= line.at[1] <= u_drawing.HEIGHT - 10


def test_what_earned_its_points_has_nothing_red():
    """Another wiring that computes the same: crop and concatenation by forward itself, functional pooling."""
    report = a_report()
    report.wiring["seen"] = wiring(
        ("max_pool2d", ["down_conv1"]),
        ("down_conv2", ["max_pool2d"]),
        ("center_crop", ["down_conv4"]),
        ("cat", ["up_sample1", "center_crop"]),
        ("up_conv1", ["cat"]),
    )
    seen = read_wiring(report)
    assert (seen.state, seen.wrong) == ("right", [])
    assert "down_conv4 → center_crop → cat → up_conv1" in map(str, seen.edges)
    assert seen.unused == ["concat1"]


def test_one_pooling_and_one_concat_for_all_is_no_mistake():
    report = a_report()
    report.wiring["seen"] = {
        **(graph := wiring()),
        "nodes": [
            ["down_sample1" if "sample" in name and "down" in name else name.replace("concat2", "concat1"), i]
            for name, i in graph["nodes"]
        ],
    }
    fail(report, "forward.nothing_else", "expected 1, not 2")
    assert read_wiring(report).edges == read_wiring(a_wrong_report_with_right_wiring()).edges


def a_wrong_report_with_right_wiring():
    report = a_wrong_report()
    report.wiring["seen"] = wiring()
    return report


def test_the_whole_u():
    seen = read_wiring(a_report())
    assert (seen.state, len(seen.edges), seen.unused) == ("right", 27, [])
    names = {box.name for box in u_drawing.boxes([])}
    assert names == {*BOXES, OUTPUT}
    for box in u_drawing.boxes([]):
        assert box.width / 2 <= box.x <= u_drawing.WIDTH - box.width / 2
        assert box.height / 2 <= box.y <= u_drawing.HEIGHT - box.height / 2


def test_states_without_edges():
    assert read_wiring(an_untouched_report()).state == "unfilled"
    assert set(TOLD) >= {"unfilled", "unreadable"}
    report = a_wrong_report()
    report.wiring = None
    assert read_wiring(report).state == "unreadable"


CLAIMS = {
    "nothing": {},
    "no nodes": {"nodes": [], "output": None},
    "a number": {"nodes": 7, "output": 1},
    "a loop": {"nodes": [["input", [1]], ["down_conv1", [1]]], "output": 1},
    "an end that is none": {"nodes": [["input", []]], "output": 12},
    "a text for an end": {"nodes": [["input", []]], "output": "the end"},
    "too many": {"nodes": [["input", []]] + [["down_conv1", [0]]] * 3000, "output": 2999},
    "many paths": {
        "nodes": [["input", []]] + [["add", [max(0, i - 1), i]] for i in range(1500)],
        "output": 1500,
    },
    "many edges": {
        "nodes": [
            ["input", []],
            *([f"op{i}", [0]] for i in range(99)),
            *(["final_conv", [i]] for i in range(100)),
        ],
        "output": None,
    },
    "long names": {"nodes": [["input", []], ["x" * 10**6, [0]], ["final_conv", [1]]], "output": 2},
    "boxes of its own": {"nodes": [["input", []], ["down_conv<b>", [0]], ["pool", [1]]], "output": 2},
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_of_any_kind_are_drawn_or_not_and_stop_nothing(claim):
    report = a_wrong_report()
    report.wiring["seen"] = CLAIMS[claim]
    seen = read_wiring(report)
    assert seen.state in ("wrong", "partly", "unreadable")
    assert len(seen.edges) <= MAX_EDGES
    assert all(len(line.label) < 100 for line in u_drawing.lines(seen))
    assert {edge.target for edge in seen.edges} <= {*BOXES, OUTPUT}
