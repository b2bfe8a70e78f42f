"""What memory and processors there are, as a machine and a container say it."""

from pathlib import Path

import pytest

from grader.grading.capacity import memory_left_mb, processors


def system(root: Path, mine: str, groups: dict[str, object]) -> None:
    """Lay out what the system says of this process's control groups."""
    files = {"proc/self/cgroup": mine} | {f"sys/fs/cgroup/{name}": f"{groups[name]}\n" for name in groups}
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)


@pytest.mark.parametrize("version", [1, 2])
def test_a_container_s_limits_are_found(tmp_path, version):
    """The files of both versions of control groups, as a container sees them."""
    names = {
        1: {"memory/memory.limit_in_bytes": 768 << 20, "memory/memory.usage_in_bytes": 300 << 20,
            "memory/memory.stat": f"total_inactive_file {100 << 20}", "cpu/cpu.cfs_quota_us": 50_000,
            "cpu/cpu.cfs_period_us": 100_000},
        2: {"memory.max": 768 << 20, "memory.current": 300 << 20,
            "memory.stat": f"inactive_file {100 << 20}", "cpu.max": "50000 100000"},
    }[version]  # fmt: skip
    mine = {1: "4:memory:/docker/1\n3:cpu,cpuacct:/docker/1\n", 2: "0::/\n"}[version]
    system(tmp_path, mine, names)
    assert memory_left_mb(tmp_path) == 568
    assert processors(tmp_path) == 0.5


def test_without_limits_the_machine_s_own_count(tmp_path):
    system(tmp_path, "0::/\n", {"memory.max": "max", "cpu.max": "max 100000"})
    (tmp_path / "proc/meminfo").write_text("MemTotal: 9 kB\nMemAvailable: 204800 kB\n")
    assert memory_left_mb(tmp_path) == 200
    assert processors(tmp_path) >= 1
    (tmp_path / "proc/meminfo").unlink()
    assert memory_left_mb(tmp_path) is None
