"""Makes what instructors download: a class of a few in each platform's own layout, all of it invented."""

from pathlib import Path

from trust.hand_ins import FILES, folder, tarred, zipped

CANVAS = {
    "doejane_40121_998877_unet.py": b"jane",
    "doejane_40121_998878_infer-1.py": b"jane infers",
    "nguyenan_LATE_40122_998880_unet-1.py": b"an",
    "李明_40123_998890_lab.zip": zipped(FILES),
    "odonovan_40124_text.html": b"<p>see my github</p>",
    "team_4_40125_998895_main.zip": zipped(FILES),
}
CANVAS_ANONYMOUS = {
    "anon_x7Kq2_998881_unet.py": b"one",
    "LATE_anon_b3Zt9_998882_unet.py": b"two",
}
MOODLE = {
    "Jane Doe_88231_assignsubmission_file/unet.py": b"jane",
    "Jane Doe_88231_assignsubmission_file/infer.py": b"jane infers",
    "Jane Doe_88231_assignsubmission_onlinetext/onlinetext.html": b"<p>here</p>",
    "An Nguyen_88232_assignsubmission_file_/work/unet.py": b"an",
    "Li Ming_88233_assignsubmission_file_unet.py": b"li",
    "Li Ming_88233_assignsubmission_file_infer.py": b"li infers",
    "Jane Doe_88234_assignsubmission_file/lab.zip": zipped(FILES),
    "Max Mö_88235_assignsubmission_onlinetext/onlinetext.html": b"<p>only this</p>",
    "Team 4_512_assignsubmission_file/main.zip": zipped(FILES),
}
MOODLE_BLIND = {
    "Participant_1043_assignsubmission_file/unet.py": b"one",
    "Participant_1044_assignsubmission_file/unet.py": b"two",
}
BLACKBOARD = {
    f"Lab 4_jdoe7_attempt_2026-11-{rest}": content
    for rest, content in {
        "24-10-00-00.txt": b"Name: Jane Doe (jdoe7)\n",
        "24-10-00-00_unet.py": b"old",
        "25-21-02-33.txt": "Name: Jane Doë (jdoe7)\nAssignment: Lab 4\n".encode(),
        "25-21-02-33_unet.py": b"jane",
        "25-21-02-33_notes.txt": b"Name: Somebody Else (x)\n",
    }.items()
} | {"Lab 4_an_attempt_2026-11-25-09-00-00.txt": b"Name: An Nguyen (an)\n"}
METADATA = """---
submission_100000001:
  :submitters:
  - :name: Jane Doe
    :sid: '00123456'
    :email: jane@example.edu
  - :name: No
    :sid: 012345
    :email: no@example.edu
  :created_at: 2026-11-26 20:31:07.938335000 Z
  :score: 8.5
  :status: processed
  :results:
    score: 8.5
    tests: []
  :history:
  - :submitters: []
    :created_at: 2026-11-27 20:31:07.938335000 Z
    :id: 100000007
submission_100000002:
  :submitters:
  - :name: An Nguyen
    :sid: '00123457'
  :created_at: 2026-11-26 08:00:00.000000000 Z
  :status: processed
submission_100000003:
  :submitters:
  - :name: Li Ming
    :sid: '00123458'
  :created_at: !ruby/object:Time 2026-11-26
  :status: unprocessed
"""
GRADESCOPE = {
    "assignment_1234567_export/submission_metadata.yml": METADATA.encode(),
    "assignment_1234567_export/submission_100000001/unet.py": b"jane",
    "assignment_1234567_export/submission_100000002/student/unet.py": b"an",
}
GITHUB = {
    "unet-lab-submissions/unet-lab-jdoe7/student/unet.py": b"jane",
    "unet-lab-submissions/unet-lab-jdoe7/.git/config": b"[core]\n\thooksPath = /tmp",
    "unet-lab-submissions/unet-lab-jdoe7/.git/unet.py": b"from .git",
    "unet-lab-submissions/unet-lab-jdoe-smith/student/unet.py": b"smith",
    "unet-lab-submissions/unet-lab-jdoe-smith/.git/config": b"",
}
NBGRADER = {
    "course/gradebook.db": b"",
    "course/source/unet_lab/walkthrough.ipynb": b"{}",
    "course/submitted/jdoe7/unet_lab/unet.py": b"jane",
    "course/submitted/jdoe7/unet_lab/timestamp.txt": b"2026-11-26 20:31:00",
    "course/submitted/nan/unet_lab/unet.py": b"an",
    "course/submitted/nan/ps1/problem1.ipynb": b"{}",
}
NAMED = {
    "3230100001-李明-作业1.zip": zipped(FILES),
    "张三 3230100002 作业1/新建文件夹/unet.py": b"zhang",
    "3230100003_王芳_作业1(1).tar.gz": tarred(FILES),
    "readme.txt": b"",
}
LONE = {"ada_unet.py": b"ada", "ada_infer.py": b"ada infers", "unet_bob.py": b"bob", "cleo.py": b"cleo"}
SECTIONS = {
    "Section A/ada.zip": zipped(FILES),
    "Section A/bob/unet.py": b"bob",
    "Section B/ada.zip": zipped({"unet.py": b"another ada"}),
    "Section B/cleo.zip": zipped(FILES),
}


def archive(place: Path, files: dict[str, bytes]) -> Path:
    """The download as the one archive that a browser saves."""
    place.write_bytes(zipped(files))
    return place


__all__ = ["FILES", "folder"]
