"""Lays the same class out as each platform's download: {student: their files} -> {path in it: content}.

Students are known by `Last, First`; numbers and logins are made from their place in the class.
"""

from collections.abc import Callable, Mapping, Sequence

from trust.hand_ins import tarred, zipped

LATE = ("", "", "_LATE")
Class = Mapping[str, Mapping[str, bytes]]


def letters(name: str) -> str:
    """As Canvas squeezes a name."""
    return "".join(char for char in name.casefold() if char.isalnum())


def first_last(name: str) -> str:
    last, _, first = name.partition(", ")
    return f"{first} {last}".strip()


def canvas(students: Class) -> dict[str, bytes]:
    return {
        f"{letters(name)}{LATE[place % 3]}_{40_000 + place}_{998_000 + 10 * place + at}_{file}": content
        for place, (name, files) in enumerate(students.items())
        for at, (file, content) in enumerate(files.items())
    }


def moodle(students: Class, between: str = "/") -> dict[str, bytes]:
    return {
        f"{first_last(name)}_{88_000 + place}_assignsubmission_file{between}{file}": content
        for place, (name, files) in enumerate(students.items())
        for file, content in files.items()
    }


def moodle_before_4_1(students: Class) -> dict[str, bytes]:
    return moodle(students, "_/")


def moodle_without_folders(students: Class) -> dict[str, bytes]:
    return moodle(students, "_")


def gradescope(students: Class) -> dict[str, bytes]:
    listed = "---\n"
    download = {}
    for place, (name, files) in enumerate(students.items()):
        listed += (
            f'submission_{100_000 + place}:\n  :submitters:\n  - :name: "{first_last(name)}"\n'
            f"    :sid: '{place:08d}'\n    :email: s{place}@example.edu\n"
            f"  :created_at: 2026-11-26 20:{place % 60:02d}:07.938335000 Z\n  :status: processed\n"
        )
        download |= {
            f"assignment_7_export/submission_{100_000 + place}/{file}": one for file, one in files.items()
        }
    return {"assignment_7_export/submission_metadata.yml": listed.encode(), **download}


def github(students: Class) -> dict[str, bytes]:
    download = {}
    for place, files in enumerate(students.values()):
        clone = f"unet-lab-submissions/unet-lab-s{place}"
        download |= {f"{clone}/.git/config": b"[core]", f"{clone}/README.md": b""}
        download |= {f"{clone}/student/{file}": content for file, content in files.items()}
    return download


def nbgrader(students: Class) -> dict[str, bytes]:
    download = {}
    for place, files in enumerate(students.values()):
        download |= {f"submitted/s{place}/unet_lab/{file}": content for file, content in files.items()}
        download[f"submitted/s{place}/unet_lab/timestamp.txt"] = b"2026-11-26 20:31:00"
    return download


def blackboard(students: Class) -> dict[str, bytes]:
    download = {}
    for place, (name, files) in enumerate(students.items()):
        start = f"Lab 4_s{place}_attempt_2026-11-25-21-02-33"
        download[f"{start}.txt"] = f"Name: {first_last(name)} (s{place})\n".encode()
        download |= {f"{start}_{file}": content for file, content in files.items()}
    return download


def archives(students: Class) -> dict[str, bytes]:
    return {
        f"{place:08d}-{first_last(name)}-lab4.{'zip' if place % 2 else 'tar.gz'}": (
            zipped if place % 2 else tarred
        )(dict(files))
        for place, (name, files) in enumerate(students.items())
    }


def folders(students: Class) -> dict[str, bytes]:
    return {
        f"{first_last(name)}/{file}": one for name, files in students.items() for file, one in files.items()
    }


def sections(students: Class) -> dict[str, bytes]:
    return {
        f"Section {place % 2}/{first_last(name)}/{file}": content
        for place, (name, files) in enumerate(students.items())
        for file, content in files.items()
    }


LAYOUTS: dict[str, Callable[[Class], dict[str, bytes]]] = {
    one.__name__: one
    for one in (
        canvas,
        moodle,
        moodle_before_4_1,
        moodle_without_folders,
        gradescope,
        github,
        nbgrader,
        blackboard,
        archives,
        folders,
        sections,
    )
}


def roster(names: Sequence[str]) -> str:
    """Everything by which any of these downloads knows somebody, as Canvas's gradebook has it."""
    rows = [f'"{name}",{40_000 + place},{place:08d},s{place},A' for place, name in enumerate(names)]
    return "\n".join(["Student,ID,SIS User ID,SIS Login ID,Section", *rows]) + "\n"
