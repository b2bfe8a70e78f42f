"""What a student asks of try.py, read and refused before anything is started."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from grader.errors import LabError
from grader.lab.paths import ASSETS, CAR
from grader.lab.plan import CORE, CORE_TODOS, todo_id
from grader.language import _
from grader.pictures.opening import open_picture

PICTURES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True)
class Wishes:
    """folder: of unet.py and infer.py. car: the file of `picture`. todos: None for all of the core."""

    folder: Path
    model: Path
    named_model: Path  # as it was typed
    car: Path
    picture: Image.Image
    output: Path
    todos: tuple[str, ...] | None = None
    in_full: bool = False
    hint: bool = False
    opens: bool = False

    @property
    def draws(self) -> bool:
        """Whether a mask is wanted: not for single TODOs."""
        return self.todos is None


def find_model(model: Path) -> Path:
    """The file as given, or else the one of that name in assets/. Raises LabError where neither is there."""
    for path in (model, ASSETS / model.name):
        if path.is_file():
            return path
    if model.is_dir():
        raise LabError(
            _("{model} is a folder: give the file of the weights, such as assets/model.pth").format(
                model=model
            )
        )
    raise LabError(
        _("{model} does not exist: copy assets/model.pth here, or name the file with --model").format(
            model=model
        )
    )


def find_output(output: Path) -> Path:
    """The file as given. Raises LabError for what no picture can be written to."""
    if output.suffix.lower() not in PICTURES:
        raise LabError(_("{output} is no picture file: name it something.png").format(output=output))
    if not output.resolve().parent.is_dir():
        raise LabError(
            _("the folder of {output} does not exist: make it, or choose another --output").format(
                output=output
            )
        )
    return output


def find_car(image: str | None) -> tuple[Path, Image.Image]:
    """(file, picture) to draw the mask of. Raises LabError for an address, and for what is no picture."""
    if image is not None and "://" in image:
        raise LabError(
            _("{image} is an address, and nothing is downloaded: save the picture to a file first").format(
                image=image
            )
        )
    car = CAR if image is None else Path(image)
    return car, open_picture(car)


def find_todos(said: list[str] | None) -> tuple[str, ...] | None:
    """The ids of the TODOs that were named by number or id, None for all. Raises LabError."""
    named = [one for text in said or () for one in text.split(",") if one.strip()]
    found = tuple(dict.fromkeys(map(todo_id, named)))
    for todo in found:
        if todo not in CORE:
            known = ", ".join(f"{one.number} ({one.id})" for one in CORE_TODOS)
            raise LabError(_("there is no TODO {todo!r}; there are {known}").format(todo=todo, known=known))
    return found or None
