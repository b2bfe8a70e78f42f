"""The submitted files as modules, from memory: `import unet` works, and tracebacks have their lines."""

import importlib
import importlib.util
import linecache
import sys
from collections.abc import Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

from grader.source import compiled, decoded


class Sources(MetaPathFinder, InspectLoader):
    """Finds and loads a submission's own modules; other names import as ever."""

    def __init__(self, files: dict[str, bytes]):
        self.files = files
        self._path_of: dict[str, str | None] = {}  # module -> file; None for a folder without __init__.py
        for path in files:
            if path.endswith(".py"):
                parts = path[: -len(".py")].split("/")
                for depth in range(1, len(parts)):
                    self._path_of.setdefault(".".join(parts[:depth]), None)
                self._path_of[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path

    def install(self) -> None:
        """From now on the submission's names come first, unless the name is imported already."""
        sys.meta_path.insert(0, self)

    def uninstall(self) -> None:
        """Undo `install`."""
        sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where the submission has a module of this name."""
        if fullname not in self._path_of:
            return None
        file = self._path_of[fullname]
        package = file is None or file.endswith("__init__.py")
        spec = importlib.util.spec_from_loader(fullname, self, origin=file, is_package=package)
        if spec is not None:
            spec.has_location = file is not None  # gives the module its __file__
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Run it. Raises what it raises, SyntaxError among it."""
        file = self._path_of[module.__name__]
        if file is not None:
            exec(self._compile(file), module.__dict__)

    def is_package(self, fullname: str) -> bool:
        """Whether it is a folder."""
        file = self._path_of[fullname]
        return file is None or file.endswith("__init__.py")

    def get_source(self, fullname: str) -> str | None:
        """Its text, for tracebacks and inspect. Raises SyntaxError."""
        file = self._path_of.get(fullname)
        return None if file is None else self._text(file)

    def _text(self, file: str) -> str:
        """The source as Python reads it. Raises SyntaxError."""
        return decoded(file, self.files[file])

    def _compile(self, file: str) -> CodeType:
        text = self._text(file)
        # Without a time of change, linecache never looks for the file on the disk.
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        return compiled(file, self.files[file])
