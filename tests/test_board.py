"""A learner who asks for it is counted on the board of a class, and nobody else is."""

import json
from datetime import datetime, timedelta

import pytest

from adamlib.practice import check_answer, exercises, progress, send_progress
from workshop import board


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """The folder that a class shares; this session is a learner's, in a folder of its own."""
    home, shared = tmp_path / "home", tmp_path / "board"
    home.mkdir()
    shared.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.delenv("ADAMLIB_EXPECT", raising=False)
    monkeypatch.setattr(exercises, "get_ipython", object)
    for name in ("solved_here", "said_here"):
        monkeypatch.setattr(exercises, name, {})
    monkeypatch.setattr(exercises, "boards", [])
    return shared


def test_nothing_is_sent_unless_asked(shared, monkeypatch):
    monkeypatch.setenv("ADAMLIB_BOARD", str(shared))
    check_answer("06.parting", 3.162e-6)
    progress("06")
    assert not list(shared.iterdir())


def test_what_is_sent_is_exercises_and_time_and_follows(shared, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("ADAMLIB_BOARD", str(shared))
    check_answer("06.parting", 1)
    send_progress()
    (file,) = shared.iterdir()
    assert str(file) in capsys.readouterr().out
    assert json.loads(file.read_text())["exercises"][0]["lesson"] == "06"
    assert not any(row["solved"] for row in json.loads(file.read_text())["exercises"])
    check_answer("06.parting", 3.162e-6)
    sent = json.loads(file.read_text())
    assert sent.keys() == {"time", "exercises"}
    assert {frozenset(row) for row in sent["exercises"]} == {
        frozenset({"lesson", "exercise", "title", "solved"})
    }
    assert sum(row["solved"] for row in sent["exercises"]) == 1
    assert str(tmp_path) not in file.read_text()
    exercises.boards.clear()  # the kernel ends, and the learner comes back
    send_progress(shared)
    assert list(shared.iterdir()) == [file]


def test_a_board_that_is_gone_stops_no_check(shared, capsys):
    send_progress(shared)
    for file in shared.iterdir():
        file.unlink()
    shared.rmdir()
    check_answer("06.parting", 3.162e-6)
    said = capsys.readouterr().out
    assert "parting: right" in said and "Nothing was sent to the board" in said
    with pytest.raises(ValueError, match="There is no board here: give the folder"):
        send_progress()


def sent(time, *solved):
    rows = [("06", n, f"title {n}", done) for n, done in enumerate(solved, 1)]
    return time, rows


def test_the_board_says_where_the_room_is_stuck(shared, capsys):
    now = datetime(2026, 11, 30, 10, 42)
    room = [sent(now, True, False, False), sent(now, True, False, True), sent(now, *[True] * 3)]
    lines = list(board.table([*room, sent(now - timedelta(hours=4), False)], now))
    assert lines[0] == "3 learners have sent what they solved, the latest at 10:42."
    assert [line.split()[3:5] for line in lines[3:]] == [["3"], ["1", "2"], ["2"]]
    (shared / "mine.json").write_text("[]")
    board.main([str(shared)])
    said = capsys.readouterr().out
    assert "mine.json is left out" in said and "Nobody has sent anything" in said
    with pytest.raises(SystemExit, match="is no folder: give the one"):
        board.main([str(shared / "absent")])
