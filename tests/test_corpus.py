"""The corpus itself: no submission in it is there twice, and every listed mistake occurs.

That a mistake is charged to its TODO and called by its cause, test_mistakes.py sees.
"""

import pytest
from corpus import ANSWERS, DEBATABLE, MISTAKES, EditError, build, solution
from corpus.build import Body, Child, Remove, Replace

# What the grader has to know, TODO by TODO.
CAUSES = """
crop_and_concat: order axis axes not_cropped corner resized padded wrong_tensor added height_width
    skip_dropped x_dropped empty minus_zero odd_row nothing_returned unfilled
    over_the_edge offset square cut_axes mixed not_a_tensor
conv_blocks: relu_missing activation batch_norm dropout instance_norm kernel padding padding_mode stride
    dilation bias groups conv_missing conv_extra channels channels_second in_channels out_channels keys
    final_activation final_padding final_kernel final_channels up_sample unfilled
    self_missing name_near other_names block_missing in_a_list resizes other_convolution
forward: skip_after_pooling wrong_level concat_arguments stage_skipped used_twice order other_operation
    activation features_returned nothing_returned random in_place skip_dropped skip_changed unfilled
    half_written extra_layer extra_weights attribute_near attribute wrong_axes channels given_layer_missing
    not_a_tensor in_between
inference: short_side not_resized_back nearest nearest_picture sigmoid_missing sigmoid_twice threshold_side
    threshold_ignored threshold_first inverted size other_size transposed values_255 bool float integer tensor
    not_array axes probabilities not_scaled imagenet bgr greyscale not_converted channels_last input_type
    batch_axis input_batch_axis input_axes other_input nothing_returned training_mode gradients unfilled
    batch_axis_place input_size input_transposed reshaped whole_numbers scaled_twice not_whole padded_back
submission: super_missing other_network class_missing class_renamed function_missing syntax_error import_error
    import_raises name_near name_unknown undefined_near undefined argument_near argument_unknown
    argument_missing layers_in_list parentheses not_a_layer cat_arguments no_gpu asks reads_file none
    unpacking exits stack not_called whole_numbers picture_to_tensor interpolate_axes with_not_called
    only_keeps no_forward self_needed of_another
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


def test_every_submission_differs_from_the_solution_and_from_every_other():
    texts = [tuple(build(made).values()) for made in EVERYTHING]
    assert len({tuple(solution().values()), *texts}) == 1 + len(EVERYTHING)
    assert len({made.id for made in EVERYTHING}) == len(EVERYTHING)


def test_the_markers_of_the_solution_are_in_no_submission():
    assert not [made.id for made in EVERYTHING if any("SOLUTION" in text for text in build(made).values())]


def test_every_listed_cause_occurs():
    assert listed_causes() <= {cause for mistake in MISTAKES for cause in (mistake.cause, *mistake.also)}


def test_there_are_enough_of_each_and_some_mistakes_come_together():
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
