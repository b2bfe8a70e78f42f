"""A batch axis that is squeezed away, as beginners do, costs points and is called by its name."""

import pytest
from corpus import solution

from grader.report.model import FAILED, GRADER_ERROR, Report

SQUEEZED = {
    "unet.py, CropAndConcat": (
        "return torch.cat([x, contracting_x], dim=1)",
        "return torch.cat([x, contracting_x], dim=1).squeeze()",
        "crop_and_concat",
        "expected the result of CropAndConcat to have 4 axes (N, C, H, W), not 3: its shape is (12, 9, 8)",
    ),
    "unet.py, forward": (
        "return self.final_conv(x)",
        "return self.final_conv(x).squeeze()",
        "forward",
        "expected the scores to have 4 axes (N, C, H, W), not 3: its shape is (2, 32, 48)",
    ),
}


@pytest.mark.parametrize("place", SQUEEZED)
def test_a_squeezed_map_loses_points(place, grade_files):
    old, new, todo, message = SQUEEZED[place]
    texts = solution()
    assert texts["unet.py"].count(old) == 1
    todos = grade_files(texts | {"unet.py": texts["unet.py"].replace(old, new)})
    checks = [check for one in todos for check in one.checks]
    assert [check.message for check in checks if check.status == GRADER_ERROR] == []
    assert {one.id for one in todos if one.score < one.max_score} == {todo}
    failed = [check for check in checks if check.status == FAILED]
    assert failed[0].message == message
    assert Report("", {}, todos).exit_status == 1
    if todo == "crop_and_concat":
        assert failed[0].cause == "crop_and_concat.axes"
        assert failed[0].hint.startswith("The result has 3 axes")
