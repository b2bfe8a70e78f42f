"""The extensions: the one list of them, and their modules in the grader's rooms.

A worker reads this too, so it knows no path of the lab.
"""

import importlib
from types import ModuleType

from grader.errors import LabError
from grader.language import _

EXTENSIONS = ("paper_unet", "elastic", "weight_map", "batchnorm_unet", "find_the_bugs", "train")
EXTENSION_FILES = tuple(f"extensions/{name}.py" for name in EXTENSIONS)


def modules(room: str) -> dict[str, ModuleType]:
    """{extension: its module in a room of the grader, such as "grader.explain.extensions"}.

    Raises LabError that names the file of an extension which is not there.
    """
    found = {}
    for name in EXTENSIONS:
        try:
            found[name] = importlib.import_module(f"{room}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{room}.{name}":
                raise
            raise LabError(
                _("extension {name!r} needs {file}").format(
                    name=name, file=f"{room.replace('.', '/')}/{name}.py"
                )
            ) from None
    return found
