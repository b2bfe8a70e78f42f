"""The sizes in forward stand level by level beside the expected ones, as far as forward gets."""

import pytest

from grader.trying.sizes import expected_shapes, table

RIGHT = [(name, [], [1, *shape]) for name, shape in expected_shapes().items()]


def with_gift(name, shape):
    return [(one, got, shape if one == name else gave) for one, got, gave in RIGHT]


def test_the_right_sizes_need_no_table():
    assert len(RIGHT) == 22
    assert table(RIGHT, [1, 1, 560, 560]) == []


def test_a_size_that_differs_is_marked_beside_the_expected_one():
    lines = table(with_gift("middle_conv", [1, 1024, 71, 71]), [1, 1, 560, 560])
    (marked,) = [line for line in lines if line.startswith("x ")]
    assert marked.split() == ["x", "middle_conv", "1024x71x71", "1024x35x35"]
    assert lines[2].split() == ["down_conv1", "64x572x572", "64x572x572"]
    assert max(map(len, lines)) <= 39


def test_where_forward_stops_it_says_what_the_layer_got():
    seen = [*RIGHT[:9], ("up_sample1", [[1, 2048, 35, 35]], None)]
    assert table(seen, None)[-2:] == ["x up_sample1   stops        512x70x70", "  up_sample1 gets 2048x35x35"]


def test_where_only_the_result_differs_the_rows_before_it_are_left_out():
    lines = table(RIGHT, [1, 560, 560])
    assert len(lines) == 5
    assert lines[-1].split() == ["x", "the", "result", "3", "axes", "1x560x560"]


@pytest.mark.parametrize("output", [[1, 1, 572, 572], [1, 2, 560, 560]])
def test_a_result_of_another_size_is_marked(output):
    assert table(RIGHT, output)[-1].startswith("x the result")
