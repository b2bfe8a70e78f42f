"""torchvision without the compiler of networks, torch._dynamo, until something is compiled.

torchvision takes a single function of it, for the pooling of regions, and that import takes longer than all
the rest of torchvision. Whoever does compile gets torch._dynamo itself.
"""

import importlib
import sys
from types import ModuleType
from typing import Any

MODULE = "torch._dynamo.utils"


class _Later(ModuleType):
    """Holds the module's place: any name but the one that torchvision takes is had from the module itself."""

    @staticmethod
    def is_compile_supported(device: str) -> bool:
        """What the function of this name says."""
        return bool(importlib.import_module(MODULE).is_compile_supported(device))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        _give_way(self)
        return getattr(importlib.import_module(MODULE), name)


def import_torchvision() -> None:
    """Import it, and leave no trace of what stood in for the compiler."""
    if MODULE in sys.modules:
        return
    place = _Later(MODULE)
    sys.modules[MODULE] = place
    try:
        import torchvision  # noqa: F401
    finally:
        _give_way(place)


def _give_way(place: ModuleType) -> None:
    if sys.modules.get(MODULE) is place:
        del sys.modules[MODULE]
