"""Networks on the meta device, where tensors have a shape and no numbers, and none is drawn for them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten
FILLS = {aten.normal_.default, aten.uniform_.default, aten.bernoulli_.float, aten.zero_.default,
         aten.fill_.Scalar}  # fmt: skip


class Uncompiled(TorchDispatchMode):
    """A mode for which torch need not import its compiler, to keep that from compiling what the mode does."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False


class _NoFills(Uncompiled):
    """Leaves out what would fill a meta tensor: for that torch imports its compiler, which takes a second."""

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if func in FILLS and args[0].is_meta:
            return args[0]
        return func(*args, **(kwargs or {}))


@contextmanager
def without_numbers() -> Iterator[None]:
    """Within this context new tensors are on the meta device, and stay as they are."""
    with torch.device("meta"), _NoFills():  # type: ignore[no-untyped-call]
        yield
