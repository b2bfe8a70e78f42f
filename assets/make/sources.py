"""The folders that training and measuring take their pictures from, each in its three parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.make.pairs import Pair, find_backgrounds, find_pairs
from assets.make.split import Split, split_backgrounds, split_pairs
from grader.errors import LabError


@dataclass(frozen=True)
class Sources:
    studios: dict[str, Split[Pair]]  # by the folder's name
    streets: Split[Pair] | None
    backgrounds: Split[Path] | None

    def names(self) -> dict[str, dict[str, list[str]]]:
        """{folder: {part: names}} of all cars, drives and backgrounds."""
        found = {name: split.names(lambda pair: pair.group) for name, split in self.studios.items()}
        if self.streets:
            found["streets"] = self.streets.names(lambda pair: pair.group)
        if self.backgrounds:
            found["backgrounds"] = self.backgrounds.names(lambda path: path.stem)
        return found


def find_sources(folders: Sequence[Path], streets: Path | None, backgrounds: Path | None) -> Sources:
    """Raises LabError for what is missing, and for two folders of one name."""
    studios: dict[str, Split[Pair]] = {}
    for folder in folders:
        if folder.name in studios or folder.name in ("streets", "backgrounds", "compositions"):
            raise LabError(f"{folder}: a folder of pairs needs a name of its own; {folder.name} is taken")
        studios[folder.name] = split_pairs(find_pairs(folder))
    return Sources(
        studios,
        split_pairs(find_pairs(streets)) if streets else None,
        split_backgrounds(find_backgrounds(backgrounds)) if backgrounds else None,
    )
