"""The model file: what loads, and what each thing that is no model file is called."""

import io
import pickle
import zipfile

import pytest
import safetensors.torch
import torch
from asking import X

from grader.sandbox.trusted import Sandbox
from grader.sandbox.untrusted import model_file

STATE = {"down.weight": torch.arange(6.0).reshape(2, 3), "down.bias": torch.ones(3, dtype=torch.float16)}
FACTS = {
    "error": None,
    "tensors": 2,
    "parameters": 9,
    "shapes": {"down.weight": [2, 3], "down.bias": [3]},
    "dtypes": ["float16", "float32"],
    "digest": model_file.digest_of(STATE),
}


class Evil:
    """Leaves a file where it was unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


def saved(value, **options) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_digest_names_the_values_and_not_their_type_or_place():
    changed = {**STATE, "down.bias": torch.tensor([1.0, 1.0, 1.001])}
    reordered = {key: STATE[key].double() for key in reversed(STATE)}
    number = {"steps": torch.tensor(3), "none": torch.zeros(0)}
    assert model_file.digest_of(reordered) == FACTS["digest"]
    assert len({model_file.digest_of(one) for one in (STATE, changed, number)}) == 3


def test_what_is_kept_of_a_model_file_does_not_change_with_it(tmp_path):
    path = tmp_path / "model.pth"
    for content in (saved({"x": torch.ones(9000)}), safetensors.torch.save({"x": torch.ones(9000)})):
        path.write_bytes(content)
        weights, _ = model_file.read(str(path))
        with path.open("r+b") as file:
            file.write(bytes(len(content)))
        assert weights["x"].eq(1).all()


@pytest.mark.parametrize(
    "content",
    [
        saved(STATE),
        saved(STATE, _use_new_zipfile_serialization=False),
        safetensors.torch.save(STATE),
        saved({key: torch.nn.Parameter(value) for key, value in STATE.items()}),
    ],
    ids=["torch", "torch before 1.6", "safetensors", "parameters"],
)
def test_weights_are_read_as_float32(tmp_path, content):
    (tmp_path / "model.pth").write_bytes(content)
    weights, facts = model_file.read(str(tmp_path / "model.pth"))
    assert facts == FACTS
    assert [tensor.dtype for tensor in weights.values()] == [torch.float32] * 2
    assert all(torch.equal(weights[key], value.float()) for key, value in STATE.items())


BROKEN = {
    "empty": (b"", "empty", "the file is empty"),
    "cut": (saved(STATE)[:-200], "truncated", "the end of the file is missing"),
    "cut, old": (saved(STATE, _use_new_zipfile_serialization=False)[:-30], "truncated", ""),
    "cut, safetensors": (safetensors.torch.save(STATE)[:-4], "truncated", ""),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_weights", "a PNG picture"),
    "photograph": (b"\xff\xd8\xff\xe0" + bytes(100), "not_weights", "a JPEG picture"),
    "web page": (b"\n<!DOCTYPE html><html>", "not_weights", "a web page"),
    "LFS pointer": (b"version https://git-lfs.github.com/spec/v1\n", "not_weights", "git lfs pull"),
    "text": (b"hello, world", "not_weights", "no file of weights"),
    "zip": (zipped(**{"unet.py": b"", "infer.py": b""}), "not_weights", "with unet.py, infer.py in it"),
    "pickle of numbers": (pickle.dumps([1, 2]), "not_weights", "a pickle, and not of weights"),
    "old pickle of numbers": (pickle.dumps([1, 2], 2), "not_weights", ""),
    "list": (saved([torch.ones(2)]), "not_a_state_dict", "a list, not a state_dict"),
    "tensor": (saved(torch.ones(2)), "not_a_state_dict", "a Tensor, not a state_dict"),
    "nothing": (saved({}), "not_a_state_dict", "it holds nothing"),
    "checkpoint": (saved({"model": STATE, "epoch": 3}), "not_a_state_dict", "holds model, epoch, not"),
    "whole network": (saved(torch.nn.ReLU()), "unsafe_pickle", "torch.nn.modules.activation.ReLU"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_is_no_state_dict_is_called_by_its_kind(tmp_path, case):
    content, kind, words = BROKEN[case]
    (tmp_path / "model.pth").write_bytes(content)
    weights, facts = model_file.read(str(tmp_path / "model.pth"))
    assert weights is None
    assert facts["error"] == kind
    assert words in facts["text"]
    assert "\n" not in facts["text"]


def test_a_missing_file_and_a_folder_are_missing(tmp_path):
    for path in (tmp_path / "model.pth", tmp_path):
        assert model_file.read(str(path))[1]["error"] == "missing"


@pytest.mark.parametrize("how", ["zip", "old", "plain"])
def test_a_pickle_that_wants_to_run_code_does_not(tmp_path, how):
    trace, evil = tmp_path / "trace", {"weight": Evil(tmp_path / "trace")}
    content = (
        pickle.dumps(evil) if how == "plain" else saved(evil, _use_new_zipfile_serialization=how == "zip")
    )
    (tmp_path / "model.pth").write_bytes(content)
    assert model_file.read(str(tmp_path / "model.pth"))[1]["error"] == "unsafe_pickle"
    assert not trace.exists()
    pickle.loads(pickle.dumps(evil))["weight"].close()
    assert trace.exists()  # so the file is what would have told


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A sandbox with a model file, on the fastest device that there is."""
    path = tmp_path_factory.mktemp("model") / "model.pth"
    torch.save(STATE, path)
    with Sandbox(path, "auto", calls="tests.sandbox.asked") as sandbox:
        yield sandbox


def test_without_a_gpu_the_fastest_device_is_the_cpu_and_the_process_forks(loaded):
    hello = loaded.ready()
    if hello["device"] == "cpu":
        assert hello["fork"] is True
    with loaded.worker({}) as worker:
        assert worker.call("threads").data["device"] == hello["device"]


def test_workers_hold_the_weights_each_for_itself(loaded):
    spoils = b"""
def f(x):
    import sys
    sys._getframe(1).f_locals["submission"].weights["down.bias"].zero_()
    return x
"""
    assert loaded.ready()["model"] == FACTS
    for _ in range(2):
        with loaded.worker({"unet.py": spoils}) as worker:
            shapes = {"down.weight": [[2, 3], "torch.float32"], "down.bias": [[3], "torch.float32"]}
            assert worker.call("load").data == {"weights": shapes}
            assert worker.call("sums").data == {"down.weight": 15.0, "down.bias": 3.0}
            worker.call("apply", {}, {"x": X})
            assert worker.call("sums").data == {"down.weight": 15.0, "down.bias": 0.0}
