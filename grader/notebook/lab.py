"""What a cell of the walkthrough works with: the cars, and the network in the student's own files."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from grader.lab.paths import ASSETS, CARS
from grader.language import _
from grader.notebook.figures import show, show_file
from grader.notebook.memory import can_forget, give_back
from grader.notebook.observe import Run, run
from grader.notebook.place import FOLDER
from grader.notebook.yours import CHANNELS, LeftOut, Yours, in_words
from grader.outputs.found import NEXT_TO_NONE, is_next_to_none, said
from grader.pictures.opening import open_picture

CAR = "pickup_blue"
FIGURES = ASSETS / "figures"
INPUT = FIGURES / "walkthrough_input.npz"  # the car as preprocess gives it: TODO 3 does not wait for TODO 4


class Lab(Yours):
    """The pictures, and your network built from the unet.py beside the notebook, with the trained weights."""

    def __init__(self, folder: Path = FOLDER):
        super().__init__(folder)
        can_forget(self._forget_network)

    def say_where(self) -> None:
        """Which files are edited; where the first cell went, which need not be where the lab was imported."""
        here = Path.cwd()
        print(_("Edit {unet}\n and {infer}").format(unet=here / "unet.py", infer=here / "infer.py"))

    @contextmanager
    def attempt(self, otherwise: str | None = None) -> Iterator[None]:
        """Run the lines below it as far as your code goes; what is missing or wrong is said in a line or two.

        otherwise: the name of a figure of a finished network, to look at until then.
        """
        try:
            yield
        except LeftOut:
            print(_("Left out while nbgrader grades."))
        except Exception as error:
            print(in_words(error))
            if otherwise:
                print(_("Once everything is written and right, you see this:"))
                self.show(otherwise)

    def show(self, name: str) -> None:
        """A figure of a finished network."""
        show_file(FIGURES / f"walkthrough_{name}.jpg")

    @cached_property
    def picture(self) -> Image.Image:
        """The car of this walkthrough."""
        return self.car(CAR)[0]

    @cached_property
    def truth(self) -> np.ndarray:
        """Its exact mask, (H, W), 0 or 1: we drew the car, so we know."""
        return self.car(CAR)[1]

    @cached_property
    def input(self) -> torch.Tensor:
        """The car as the network takes it: (1, 3, 572, 572), float32, in [0, 1]."""
        with np.load(INPUT) as file:
            return torch.from_numpy(file["x"]).float()

    @cached_property
    def square(self) -> np.ndarray:
        """The same, to look at: (572, 572, 3)."""
        return self.input[0].permute(1, 2, 0).numpy()

    @cached_property
    def cars(self) -> list[str]:
        """Names for `car`."""
        return sorted(path.stem for path in CARS.glob("*.jpg"))

    def car(self, name: str) -> tuple[Image.Image, np.ndarray]:
        """A picture, and its exact mask (H, W), 0 or 1."""
        mask = np.asarray(Image.open(CARS / f"{name}_mask.png").convert("L"))
        return Image.open(CARS / f"{name}.jpg").convert("RGB"), (mask > 127).astype(np.uint8)

    def _kept_network(self) -> torch.nn.Module:
        """The network for all that this shows, until a file is saved: another takes 124 MB and a second."""
        self.module("unet")  # forgets the network of an older file
        if "network" not in self.cache:
            self.cache["network"] = self.network()
        found: torch.nn.Module = self.cache["network"]
        return found.eval()

    def _forget_network(self) -> None:
        for key in ("network", ("network", *CHANNELS)):  # the second: as it was built, the same object
            self.cache.pop(key, None)

    def run(self, skips: bool = True) -> Run:
        """Your network at work on the car; skips=False gives zeros in place of what the skips carry."""
        self.module("unet")  # forgets what an older file gave
        if ("run", skips) not in self.cache:
            give_back()
            self.cache["run", skips] = run(self._kept_network(), self.input, skips)
        found: Run = self.cache["run", skips]
        return found

    def mask(self, name: str, threshold: float = 0.5) -> np.ndarray:
        """The mask that your predict_mask gives of one of `cars`, (H, W), 0 or 1."""
        picture = self.car(name)[0]
        self.module("unet")  # forgets what an older file gave
        key = ("mask", name, threshold, self.infer)
        if key not in self.cache:
            self.cache[key] = self._mask_of(picture, threshold)
        found: np.ndarray = self.cache[key]
        return found

    def try_on(self, name: str) -> None:
        """Show what your network takes for a car in a picture of your own, a file beside the notebook."""
        infer, path = self.infer, self.folder / name
        if not path.is_file():
            print(_("There is no {name} beside this notebook: put a picture there.").format(name=name))
            return
        picture = open_picture(path)
        mask = self._mask_of(picture)
        show(infer.plot_image_and_mask(picture, mask))
        print(said(float(mask.mean()), name))
        if is_next_to_none(float(mask.mean())):
            print(_(NEXT_TO_NONE))

    def _mask_of(self, picture: Image.Image, threshold: float = 0.5) -> np.ndarray:
        give_back()
        mask = np.asarray(self.infer.predict_mask(self._kept_network(), picture, threshold))
        shape = (picture.height, picture.width)
        if mask.shape != shape:
            raise ValueError(
                _("expected a mask of shape {shape} from predict_mask, not {seen}").format(
                    shape=shape, seen=mask.shape
                )
            )
        return (mask > 0).astype(np.uint8)
