"""The corpus itself: every submission in it can be built, and every listed mistake occurs."""

import ast

import pytest
from corpus import ANSWERS, DEBATABLE, MISTAKES, EditError, build, solution
from corpus.build import Body, Child, Remove, Replace

TODOS = ("conv_blocks", "crop_and_concat", "forward", "inference")
# What issue 3 lists, in its order.
CAUSES = """
crop_and_concat: order axis not_cropped corner resized padded wrong_tensor added height_width skip_dropped
    nothing_returned unfilled
conv_blocks: relu_missing activation batch_norm dropout instance_norm kernel padding padding_mode stride
    dilation bias groups conv_missing conv_extra channels in_channels out_channels keys
    final_activation final_padding final_kernel unfilled
forward: skip_after_pooling wrong_level concat_arguments stage_skipped used_twice order other_operation
    activation features_returned nothing_returned random in_place skip_dropped unfilled
inference: short_side not_resized_back nearest sigmoid_missing sigmoid_twice threshold_side threshold_ignored
    inverted size transposed values_255 bool not_scaled imagenet bgr greyscale not_converted training_mode
    gradients unfilled
submission: super_missing class_missing class_renamed function_missing syntax_error import_error import_raises
"""
EVERYTHING = (*MISTAKES, *ANSWERS, *DEBATABLE)


def listed_causes() -> set[str]:
    causes, todo = set(), ""
    for word in CAUSES.split():
        if word.endswith(":"):
            todo = word[:-1]
        else:
            causes.add(f"{todo}.{word}")
    return causes


@pytest.mark.parametrize("made", EVERYTHING, ids=lambda made: made.id)
def test_builds(made):
    texts = build(made)
    assert texts.keys() == {"unet.py", "infer.py"}
    assert texts != solution()
    assert not any("SOLUTION" in text for text in texts.values())


def test_ids_and_builds_are_unique():
    assert len({made.id for made in EVERYTHING}) == len(EVERYTHING)
    assert len({tuple(build(made).values()) for made in EVERYTHING}) == len(EVERYTHING)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)
def test_only_syntax_errors_do_not_parse(mistake):
    causes = (mistake.cause, *mistake.also)
    texts = build(mistake)
    if "submission.syntax_error" in causes:
        with pytest.raises(SyntaxError):
            parse(texts)
    else:
        parse(texts)


@pytest.mark.parametrize("answer", [*ANSWERS, *DEBATABLE], ids=lambda answer: answer.id)
def test_answers_parse(answer):
    parse(build(answer))


def parse(texts: dict[str, str]) -> None:
    for text in texts.values():
        ast.parse(text.encode())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.id)
def test_todos_and_causes_agree(mistake):
    assert mistake.todos
    assert len(set(mistake.todos)) == len(mistake.todos)
    assert set(mistake.todos) <= set(TODOS)
    for cause in (mistake.cause, *mistake.also):
        assert cause.split(".")[0] in (*mistake.todos, "submission")


def test_every_listed_cause_occurs():
    assert listed_causes() <= {cause for mistake in MISTAKES for cause in (mistake.cause, *mistake.also)}


def test_enough_of_each():
    assert len(MISTAKES) >= 85
    assert len(ANSWERS) >= 32
    assert sum(bool(mistake.also) for mistake in MISTAKES) >= 6


@pytest.mark.parametrize(
    "edit",
    [
        Replace("unet.py", "no such text", ""),
        Replace("unet.py", "nn.ReLU()", "nn.Tanh()"),  # found, but not once
        Replace("unet.py", "no such text", "", count=None),
        Body("unet.py", "UNet.backward", "pass"),
        Child("down_conv5", "None"),
        Remove("infer.py", "no_such_function"),
    ],
    ids=lambda edit: f"{type(edit).__name__}-{edit.file}",
)
def test_edit_without_its_place_is_refused(edit):
    with pytest.raises(EditError):
        edit.apply(solution()[edit.file])
