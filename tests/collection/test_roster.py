"""A class list in whatever form it comes: who handed in nothing is named, and nobody is mixed up."""

import pytest
from collection import downloads
from collection.downloads import folder
from trust.hand_ins import FILES, zipped

from grader.collection.collect import collect
from grader.collection.hand_in import Student
from grader.collection.roster import read_roster
from grader.errors import LabError


@pytest.fixture
def read(tmp_path):
    def of(text: str | bytes):
        path = tmp_path / "roster.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_roster(path)

    return of


@pytest.fixture
def gather(tmp_path):
    def of(files: dict[str, bytes], roster: str):
        (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
        place = folder(tmp_path / "in", files)
        return collect(place, scratch=tmp_path / "scratch", roster=tmp_path / "roster.csv")

    return of


@pytest.mark.parametrize(
    "text",
    [
        "Student ID,Full Name,E-mail\n00123,李明,li@x.edu\n",
        "﻿Student ID,Full Name,E-mail\n00123,李明,li@x.edu\n",
        "学号;姓名;邮箱\r\n00123;李明;li@x.edu\r\n",
        "学号,姓名,邮箱\n00123,李明,li@x.edu\n".encode("gbk"),
        "学号\t姓名\t邮箱\n00123\t李明\tli@x.edu\n".encode("utf-16"),
        'sid,name,EMAIL ADDRESS,Sections\n"00123","李明","li@x.edu","Mon, 9"\n\n',
        "OrgDefinedId,Last Name,Given Name,Email\n#00123,,李明,li@x.edu\n",
        'name,number,mail\n李明,="00123",li@x.edu\n',
    ],
)
def test_any_common_form_gives_the_same_class(read, text):
    assert read(text).students == (Student("李明", "li@x.edu", "00123"),)


def test_western_accents_are_read_where_nothing_says_the_encoding(read):
    assert read("id;name\n1;Zoë Müller\n".encode("latin-1")).students[0].name == "Zoë Müller"


def test_canvas_gradebook_is_a_roster(read):
    students = read(
        "Student,ID,SIS User ID,SIS Login ID,Section,HW 1 (70011)\n,,,,,Manual Posting\n"
        '    Points Possible,,,,,10.00\n"Doe, Jane",40121,00123456,jdoe7,Sec 01,8.50\n'
        '"Student, Test",40199,,8f,Sec 01,\n'
    ).students
    assert students == (Student("Doe, Jane", "", "00123456", {"canvas": "40121", "login": "jdoe7"}),)


def test_moodle_worksheet_is_a_roster(read):
    students = read(
        'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Last modified (grade)"\n'
        '"Participant 88231","Jane Doe",jane@example.edu,"No submission",,10.00,-\n'
    ).students
    assert students == (Student("Jane Doe", "jane@example.edu", "", {"moodle": "88231"}),)


def test_which_column_was_read_is_said_where_two_could_be_meant(read):
    notes = read("ID,Student ID,Name\n7,00123,Ada\n").notes
    assert notes == ("roster.csv: number is read from 'Student ID', not from ID",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("name,id\n", "lists nobody"),
        ("colour,size\nred,4\n", "has the headers colour and size, and none that says who"),
        ("id,name\n3.23E+09,Ada\n", "a spreadsheet has damaged it"),
        (b"PK\x03\x04rest", "is a spreadsheet: save it as CSV"),
        (b"id,name\n1,A\0da\n", "is no table of text"),
        ('id,name\n1,"Ada\n', "is no CSV"),
    ],
)
def test_what_is_no_roster_is_said(read, text, said):
    with pytest.raises(LabError, match=said):
        read(text)


def test_who_handed_in_nothing_is_named(gather):
    roster = "Student,ID,SIS User ID,SIS Login ID,Section,team\n" + "".join(
        [
            '"Doe, Jane",40121,00123,jdoe7,S,\n',
            '"Nguyen, An",40122,00124,an,S,\n',
            '"Mö, Max",40150,00125,max,S,\n',
            "Tina,40151,00126,tina,S,team 4\n",
            "Tom,40152,00127,tom,S,Team_4\n",
        ]
    )
    found = gather(downloads.CANVAS, roster)
    assert [student.name for student in found.absent] == ["Mö, Max"]
    jane = next(one for one in found.hand_ins if one.key == "doejane_40121")
    assert (jane.name, jane.student.number) == ("Doe, Jane", "00123")
    team = next(one for one in found.hand_ins if one.key.startswith("team_4"))
    assert [one.name for one in team.students] == ["Tina", "Tom"]
    assert "2 not on the roster: odonovan and 李明" in found.notes


def test_a_teams_number_is_no_user_where_the_roster_knows_the_users(gather):
    roster = "Student,ID,SIS Login ID,Section\n" + "".join(f"S{n},{n},s{n},A\n" for n in (40125, 9))
    files = {"team_4_40125_998895_main.zip": zipped(FILES), "x_1_2_3_unet.py": b""}
    assert {one.ids["user"] for one in gather(files, roster).hand_ins} == {"40125", "1"}


def test_names_in_any_order_are_one_student_but_never_one_of_two(gather):
    files = {name: zipped(FILES) for name in ("Doe Jane.zip", "Kim.zip", "Zoe\u0308 Mo.zip")}
    found = gather(files, "name,id\nJane Doe,1\nKim,2\nKim,3\nZoë Mo,4\n")
    assert {one.name: one.student.number for one in found.hand_ins} == {
        "Jane Doe": "1",
        "Kim": "",
        "Zoë Mo": "4",
    }
    assert [student.number for student in found.absent] == ["2", "3"]


def test_zeros_that_a_spreadsheet_ate_do_not_lose_a_student(gather):
    found = gather({"00012345-Ada.zip": zipped(FILES), "x.zip": b""}, "id,name\n12345,Ada L\n")
    assert found.absent == ()


def test_two_hand_ins_of_one_student_are_one_and_nothing_is_guessed(gather):
    files = {"3230100001-李明.zip": zipped(FILES), "李明 lab.zip": zipped(FILES)}
    found = gather(files, "学号,姓名\n3230100001,李明\n")
    with pytest.raises(LabError, match=r"2 archives, 3230100001-李明.zip and 李明 lab.zip: hand in the one"):
        found.hand_ins[0].read()


def test_a_name_within_another_name_is_nobody(gather):
    names = ("Dan Lin", "李明华", "Ben Kim und An Li", "new Jo Tan", "3 max")
    roster = "name,id,login\nAn Li,1,max\n李明,2,b\nBen Kim,3,c\nJo Tan,4,x\n"
    found = gather({f"{name} lab.zip": zipped(FILES) for name in names}, roster)
    assert [one.student.number for one in found.hand_ins if one.student.number] == ["4"]


def test_two_numbers_in_a_name_are_two_students(gather):
    files = {f"lab4+{name}.zip": zipped(FILES) for name in ("3230100001+3230100002", "an-li@x.edu")}
    roster = "学号,姓名,邮箱\n3230100001,李明,li@x.edu\n3230100002,王芳,wang@x.edu\n3,An Li,an-li@x.edu\n"
    found = gather(files, roster)
    assert [[one.number for one in hand_in.students] for hand_in in found.hand_ins] == [
        ["3230100001", "3230100002"],
        ["3"],
    ]
    assert (found.hand_ins[0].name, found.absent) == ("李明, 王芳", ())


def test_a_team_and_one_of_it_alone_stay_two_hand_ins(gather):
    names = ("3230100001 alone", "3230100001+3230100002")
    found = gather(
        {f"{name}.zip": zipped(FILES) for name in names}, "学号,姓名\n3230100001,李明\n3230100002,王芳\n"
    )
    assert [one.read().files for one in found.hand_ins] == [FILES, FILES]


def test_nobody_is_called_absent_where_names_are_hidden(gather):
    found = gather(downloads.CANVAS_ANONYMOUS, "id,name\n1,Ada\n")
    assert found.absent == ()
    assert "2 are anonymous: who handed in nothing cannot be said" in found.notes


def test_the_roster_of_another_class_is_noticed(gather):
    with pytest.raises(LabError, match=r"none of 6 hand-ins is of somebody on the roster.*of this class"):
        gather(downloads.MOODLE, "id,name\n1,Ada\n")


def test_two_latecomers_who_are_not_on_the_roster_are_graded_all_the_same(gather):
    found = gather({"Ada/unet.py": b"", "Bob/unet.py": b""}, "id,name\n1,Cleo\n")
    assert ([one.name for one in found.hand_ins], len(found.absent)) == (["Ada", "Bob"], 1)
    assert "2 not on the roster: Ada and Bob" in found.notes


def test_logins_on_the_roster_say_where_a_repositorys_name_ends(gather):
    files = {f"hw-1-anna-{name}/.git/x": b"" for name in ("b", "c")}
    files |= {f"hw-1-anna-{name}/unet.py": b"" for name in ("b", "c")}
    found = gather(files, "identifier,github_username\n001,anna-b\n002,Anna-C\n003,dora\n")
    assert [one.student.number for one in found.hand_ins] == ["001", "002"]
    assert [one.number for one in found.absent] == ["003"]
