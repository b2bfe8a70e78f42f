"""What lies in an exported folder."""

from grader.release import folder


def inside(out) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != folder.MARKER
    }
