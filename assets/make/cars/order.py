"""What is to be drawn, under which names, and what of it is already there. No bpy here.

OUT/images/ID_01.jpg, OUT/masks/ID_01_mask.gif (as Carvana's) and ID_01_mask.png (the same mask),
OUT/metadata.csv, OUT/settings.json.
"""

import csv
import hashlib
import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from assets.make.cars.camera import VIEWS
from grader.errors import LabError
from grader.lab.files import write_bytes

COLUMNS = (
    "image",
    "car",
    "kind",
    "paint",
    "view",
    "word",
    "seed",
    "width",
    "height",
    "samples",
    "car_pixels",
)


@dataclass(frozen=True)
class Order:
    seed: int
    size: tuple[int, int]
    samples: int
    views: int  # of each car, evenly spaced
    kind: str | None = None
    paint: str | None = None

    def car_id(self, number: int) -> str:
        """Twelve hexadecimal digits, as Carvana's; the same for a seed, however many cars are drawn."""
        text = f"{self.seed}/{number}/{self.kind or ''}/{self.paint or ''}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def view_numbers(self, number: int) -> list[int]:
        """Evenly spaced round the car, starting elsewhere from car to car."""
        step = VIEWS // self.views
        start = number % step
        return [1 + start + step * i for i in range(self.views)]

    def rng(self, number: int, *names: str | int) -> np.random.Generator:
        """A random generator for one purpose of one car: what one draws leaves the others unchanged."""
        text = "/".join(str(part) for part in (self.seed, number, *names))
        return np.random.default_rng(np.frombuffer(hashlib.sha256(text.encode()).digest(), np.uint32))

    def car_seed(self, number: int) -> list[int]:
        return [self.seed, number]


@dataclass(frozen=True)
class Place:
    """The files of one picture."""

    folder: Path
    name: str  # ID_01

    @property
    def image(self) -> Path:
        return self.folder / "images" / f"{self.name}.jpg"

    def mask(self, suffix: str) -> Path:
        return self.folder / "masks" / f"{self.name}_mask{suffix}"

    def is_done(self) -> bool:
        return self.image.exists() and self.mask(".gif").exists() and self.mask(".png").exists()

    def write_mask(self, mask: np.ndarray) -> None:
        """bool (H, W), as PNG and as GIF."""
        picture = Image.fromarray(mask.astype(np.uint8) * 255).convert("1", dither=Image.Dither.NONE)
        for suffix in (".png", ".gif"):
            file = io.BytesIO()
            picture.save(file, suffix[1:].upper(), optimize=True)
            write_bytes(self.mask(suffix), file.getvalue())


Places = dict[int, Place]  # of views
Step = tuple[float, dict | None]  # a share of a picture; if that completes it, its row of metadata.csv


def open_folder(folder: Path, order: Order, resume: bool) -> None:
    """Make the folder, or go on in it. Raises LabError where that would mix two orders."""
    settings = json.loads(json.dumps(asdict(order)))
    file = folder / "settings.json"
    try:
        if file.exists() or (folder / "images").exists():
            if not resume:
                raise LabError(f"{folder} already holds pictures: add --resume, or choose another --out")
            known = json.loads(file.read_text()) if file.exists() else {}
            different = [name for name, value in settings.items() if known.get(name) != value]
            if different:
                raise LabError(
                    f"{folder} was drawn with another {', '.join(different)}: repeat the first command, "
                    "or choose another --out"
                )
        for name in ("images", "masks"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        write_bytes(file, (json.dumps(settings, indent=2) + "\n").encode())
    except (OSError, ValueError) as error:
        raise LabError(f"{folder} cannot be used ({error}): choose another --out") from None


class Metadata:
    """metadata.csv, whole after every picture."""

    def __init__(self, folder: Path):
        self._path = folder / "metadata.csv"
        self._rows: dict[str, dict] = {}
        if self._path.exists():
            with self._path.open(newline="", encoding="utf-8") as file:
                self._rows = {row["image"]: row for row in csv.DictReader(file)}

    def knows(self, image: str) -> bool:
        return image in self._rows

    def add(self, **row) -> None:
        self._rows[row["image"]] = row
        text = io.StringIO(newline="")
        table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(self._rows[name] for name in sorted(self._rows))
        write_bytes(self._path, text.getvalue().encode())
