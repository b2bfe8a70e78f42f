"""Which TODOs a change can affect: those whose code has changed, or uses code that has."""

import ast
from collections.abc import Iterable

from grader.lab.plan import BLOCKS, CORE, CORE_TODOS

# {file: {part: the TODO it is graded by}}; None where no check looks at it.
PARTS: dict[str, dict[str, str | None]] = {
    "unet.py": {
        "CropAndConcat": "crop_and_concat",
        "UNet.__init__": "conv_blocks",
        "UNet.forward": "forward",
    },
    "infer.py": {"preprocess": "inference", "predict_mask": "inference", "plot_image_and_mask": None},
}
Parts = dict[str, tuple[str, set[str]]]  # {part: (what it says, the names it uses)}


def affected(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The TODOs, in their order, whose points may change; all of a file that cannot be parsed."""
    found: set[str] = set()
    for file in PARTS:
        if before.get(file) != after.get(file):
            found |= _affected_in(file, before.get(file, b""), after.get(file, b""))
    return [todo for todo in CORE if todo in found]


def _affected_in(file: str, before: bytes, after: bytes) -> set[str]:
    of_file = {todo.id for todo in CORE_TODOS if todo.file == file}
    try:
        old, new = parts_of(before), parts_of(after)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return of_file
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    known = PARTS[file]
    users = [(name, uses) for name, (_, uses) in (*old.items(), *new.items())]
    while True:  # what uses a changed helper has changed itself
        helpers = {name.rpartition(".")[2] for name in changed - known.keys()}
        more = {name for name, uses in users if uses & helpers} - changed
        if not more:
            break
        changed |= more
    found = {todo for name in changed if (todo := known.get(name)) is not None}
    return found if found or changed <= known.keys() else of_file


def changed_blocks(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """The blocks of UNet whose own lines in __init__ have changed; none where anything else has, too."""
    if {name: text for name, text in before.items() if after.get(name) != text}.keys() != {"unet.py"}:
        return []
    try:
        (old, old_rest), (new, new_rest) = (_blocks_of(files["unet.py"]) for files in (before, after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    if old_rest != new_rest or old.keys() != new.keys():
        return []
    return [name for name in new if new[name] != old[name]]


def _blocks_of(source: bytes) -> tuple[dict[str, str], list[str]]:
    """({block: what is assigned to it}, all else that the file says), as parts_of says it."""
    blocks, rest = dict[str, str](), list[str]()
    for name, (said, _names) in parts_of(source).items():
        if name != "UNet.__init__":
            rest.append(said)
    for definition in ast.walk(ast.parse(source)):
        if isinstance(definition, ast.ClassDef) and definition.name == "UNet":
            for method in definition.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                    _take_apart(method, blocks, rest)
    return blocks, rest


def _take_apart(init: ast.FunctionDef, blocks: dict[str, str], rest: list[str]) -> None:
    rest.append(ast.dump(init.args))
    for statement in init.body:
        name = ""
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            name = ast.unparse(statement.targets[0]).removeprefix("self.")
        if name in BLOCKS and name not in blocks:
            blocks[name] = ast.dump(statement)
        else:
            rest.append(ast.dump(statement))


def parts_of(source: bytes) -> Parts:
    """The definitions of a file, methods by themselves, and "" for all else. Raises SyntaxError."""
    parts: Parts = {}
    rest: list[ast.stmt] = []
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.ClassDef):
            _split(statement, parts)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            parts[statement.name] = _said([statement])
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            for name in _assigned(statement):
                parts[name] = _said([statement])
        else:
            rest.append(statement)
    parts[""] = _said(rest)
    return parts


def _split(definition: ast.ClassDef, parts: Parts) -> None:
    """A class of one TODO is one part; of UNet each method is one, and the rest belongs to the class."""
    if definition.name != "UNet":
        parts[definition.name] = _said([definition])
        return
    methods = [one for one in definition.body if isinstance(one, ast.FunctionDef)]
    for method in methods:
        parts[f"UNet.{method.name}"] = _said([method])
    others = [*definition.bases, *(one for one in definition.body if one not in methods)]
    parts["UNet"] = _said(others)


def _said(nodes: Iterable[ast.AST]) -> tuple[str, set[str]]:
    """(the code without docstrings, the names that it uses)."""
    texts, names = [], set[str]()
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
                inner
            ):
                inner.body = inner.body[1:] or [ast.Pass()]
            if isinstance(inner, ast.Name):
                names.add(inner.id)
            if isinstance(inner, ast.Attribute):
                names.add(inner.attr)
        texts.append(ast.dump(node))
    return "\n".join(texts), names


def _assigned(statement: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)]
