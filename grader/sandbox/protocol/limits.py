"""What a worker may use, and how it is to be shut in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Of one worker, unless it says otherwise."""

    cpu_s: int = 300  # processor seconds of all its calls and threads; a right answer needs some 30
    memory_mb: int = 3072  # above what the process holds when it starts; one 572 x 572 forward needs 900
    answer_mb: int = 64  # of one answer; a mask is below 1 MB
    log_kb: int = 16  # of what is printed during one call; the rest is thrown away
    file_mb: int = 64  # of any file it writes, where it can write one at all
    open_files: int = 256
    start_s: float = 120.0  # for a fresh process to import torch and read the model
    processes: int = 256  # and threads, of a worker that has a user of its own: only then can they be counted
    own_user: bool = True  # where the grader is root, become a user that owns nothing


@dataclass(frozen=True)
class Confinement:
    """What is asked of a worker beside its limits."""

    no_open: bool = False  # no file can be opened at all: where files cannot be hidden otherwise
    required: tuple[str, ...] = ()  # layers without which no student's code runs: the probe saw them work
    without: tuple[str, ...] = ()  # layers left out, for tests and measurements
