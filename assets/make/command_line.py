"""What the commands of this folder share: errors in one line, the device."""

from collections.abc import Callable

import torch
import typer
from rich.console import Console

from grader.errors import LabError


def run(main: Callable[..., None]) -> None:
    """Run a command; a LabError is one line on stderr and exit status 2."""
    try:
        typer.run(main)
    except LabError as error:
        Console(stderr=True).print(f"error: {error}", soft_wrap=True, highlight=False, markup=False)
        raise SystemExit(2) from None


def device_of(name: str) -> torch.device:
    """The device of this name, else a GPU where there is one. Raises LabError where it cannot be used."""
    try:
        device = torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise LabError(f"--device {name}: {str(error).splitlines()[0]}") from None
    return device
