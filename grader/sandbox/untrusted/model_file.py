"""Reads the model file: a state dict saved by torch.save, or a .safetensors file. Runs no code in it."""

import hashlib
import pickle
import pickletools
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from grader.language import N_, _

LOOKS_LIKE = N_({
    b"\x89PNG": "a PNG picture", b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document", b"<": "a web page: the download went wrong", b"\x1f\x8b": "a .gz archive",
    b"\x93NUMPY": "a numpy file", b"version https://git-lfs": "a Git LFS pointer: run `git lfs pull`",
})  # fmt: skip


class Unreadable(Exception):
    """kind: missing, empty, truncated, not_weights, unsafe_pickle or not_a_state_dict."""

    def __init__(self, kind: str, text: str, **facts: Any):
        super().__init__(text)
        self.kind, self.facts = kind, facts


def read(path: str | None) -> tuple[dict[str, torch.Tensor] | None, dict[str, Any]]:
    """(weights in float32, facts); facts["error"] is None or the kind of fault, and "text" says it.

    Kernels lie with their channels last, which convolutions are a third faster with.
    """
    if path is None:
        return None, {"error": None, "tensors": 0, "parameters": 0}
    try:
        weights = _as_state_dict(_load(Path(path)))
        kept = {key: _kept(tensor) for key, tensor in weights.items()}
        digest = digest_of(kept)
        for key, tensor in kept.items():  # one after the other, so that hardly anything is there twice
            kept[key] = _channels_last(tensor)
    except Unreadable as error:
        return None, {"error": error.kind, "text": str(error)} | error.facts
    except Exception as error:
        return None, {"error": "not_weights", "text": _short(error)}
    facts = {
        "tensors": len(weights),
        "parameters": sum(tensor.numel() for tensor in weights.values()),
        "shapes": {key: list(tensor.shape) for key, tensor in weights.items()},
        "digest": digest,
        "dtypes": sorted({str(tensor.dtype).removeprefix("torch.") for tensor in weights.values()}),
    }
    return kept, {"error": None} | facts


def digest_of(weights: dict[str, torch.Tensor]) -> str:
    """Names these weights by their values, as float32, and in whatever file they stand. 0.1 s."""
    digest = hashlib.sha256()
    for key in sorted(weights):
        digest.update(f"{key} {tuple(weights[key].shape)} ".encode())
        digest.update(weights[key].float().flatten().numpy().data)
    return digest.hexdigest()[:16]


def _kept(tensor: torch.Tensor) -> torch.Tensor:
    """In memory of our own: the file may be changed while it is used."""
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor.clone()


def _channels_last(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


def _load(path: Path) -> object:
    if not path.is_file():
        raise Unreadable("missing", _("there is no such file"))
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise Unreadable("empty", _("the file is empty"))
    if start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 100 << 20:
        return _load_safetensors(path)
    if start.startswith(b"PK"):
        return _load_zip(path)
    if start.startswith(b"\x80"):  # a pickle: what torch.save wrote before 1.6
        return _unpickle(path, mmap=False)
    for magic, what in LOOKS_LIKE.items():
        if start.lstrip().startswith(magic):
            raise Unreadable("not_weights", _("this is {what}").format(what=_(what)))
    raise Unreadable("not_weights", _("this is no file of weights"))


def _load_safetensors(path: Path) -> object:
    try:
        return safetensors.torch.load_file(path)
    except Exception as error:
        raise Unreadable("truncated", _short(error)) from None


def _load_zip(path: Path) -> object:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, EOFError, OSError):
        raise Unreadable(
            "truncated", _("the end of the file is missing: copy or download it again")
        ) from None
    if any(name.endswith("constants.pkl") for name in names):
        raise Unreadable("not_a_state_dict", _("this is a TorchScript program, not a state_dict"))
    if not any(name.endswith("data.pkl") for name in names):
        raise Unreadable(
            "not_weights",
            _("this is a zip archive with {names} in it").format(names=", ".join(names[:3]) or _("nothing")),
        )
    return _unpickle(path, mmap=True)


def _unpickle(path: Path, mmap: bool) -> object:
    """Let torch's own reader of pickles, build tensors and plain containers; it refuses all else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about pickle protocols
            return torch.load(path, weights_only=True, mmap=mmap, map_location="cpu")
    except pickle.UnpicklingError as error:
        named = re.search(r"GLOBAL (\S{1,100}) was not", str(error))
        if not named and not mmap and not _may_run_code(path):
            raise Unreadable("not_weights", _("this is a pickle, and not of weights")) from None
        wanted = named[1] if named else "code of its own"
        message = _("it wants to run {wanted}, which was refused; save model.state_dict()").format(
            wanted=wanted
        )
        raise Unreadable("unsafe_pickle", message) from None
    except (EOFError, RuntimeError) as error:
        kind = "not_weights" if "magic number" in str(error) else "truncated"
        raise Unreadable(kind, _short(error)) from None


def _may_run_code(path: Path) -> bool:
    """Whether a pickle names anything outside itself. Only looks at it."""
    try:
        with path.open("rb") as file:
            return any(
                step.name in ("GLOBAL", "STACK_GLOBAL", "INST") for step, _, _ in pickletools.genops(file)
            )
    except Exception:  # no pickle after all
        return False


def _as_state_dict(loaded: object) -> dict[str, torch.Tensor]:
    if not isinstance(loaded, dict):
        raise Unreadable(
            "not_a_state_dict", _("it holds a {type}, not a state_dict").format(type=type(loaded).__name__)
        )
    if not loaded or not all(isinstance(k, str) and isinstance(v, torch.Tensor) for k, v in loaded.items()):
        keys = [str(key)[:60] for key in list(loaded)[:8]]
        found = ", ".join(keys) or "nothing"
        raise Unreadable(
            "not_a_state_dict", _("it holds {found}, not names with tensors").format(found=found), keys=keys
        )
    return {key: value.detach() for key, value in loaded.items()}


def _short(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
