"""Where a class is stuck, from what its learners chose to send by send_progress().

python3 course.py board [FOLDER]   FOLDER is where they send it; class/board of the hub without it

For each exercise: how many of those who began its lesson have solved it, and for how many it is the
next, the first that they have not solved. There are no names. Who sent nothing for three hours is
not counted.
"""

import argparse
import json
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

BOARD = Path(__file__).resolve().parents[1] / "class" / "board"
RECENT = timedelta(hours=3)


def read(folder):
    """What each learner sent, {"time": a datetime, "exercises": rows}; others' files are named."""
    sent = []
    for path in sorted(folder.glob("*.json")):
        try:
            one = json.loads(path.read_text(encoding="utf-8"))
            time = datetime.fromisoformat(one["time"])
            rows = [
                (row["lesson"], row["exercise"], row["title"], row["solved"])
                for row in one["exercises"]
            ]
        except (OSError, ValueError, TypeError, KeyError) as error:
            print(f"{path.name} is left out: it is not what send_progress() writes ({error!r}).")
            continue
        sent.append((time, rows))
    return sent


def table(sent, now):
    """Lines of text."""
    recent = [(time, rows) for time, rows in sent if now - time < RECENT]
    if not recent:
        yield "Nobody has sent anything in the last three hours."
        return
    latest = max(time for time, _ in recent)
    yield f"{len(recent)} learners have sent what they solved, the latest at {latest:%H:%M}."
    began, solved, stuck, titles = Counter(), Counter(), Counter(), {}
    for _, rows in recent:
        began.update({lesson for lesson, *_ in rows})
        titles |= {(lesson, number): title for lesson, number, title, _ in rows}
        solved.update((lesson, number) for lesson, number, _, done in rows if done)
        first = {}
        for lesson, number, _, done in rows:
            if not done:
                first.setdefault(lesson, (lesson, number))
        stuck.update(first.values())
    for (lesson, number), title in sorted(titles.items()):
        if number == min(n for other, n in titles if other == lesson):
            yield ""
            yield f"Lesson {lesson}, begun by {began[lesson]}{'solved':>26}{'next for':>10}"
        done, here = solved[lesson, number], stuck[lesson, number]
        yield f"{number:3} {title:38}{done:4} {here or '':>9} {'█' * here}"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=BOARD, metavar="FOLDER")
    folder = parser.parse_args(arguments).folder
    if not folder.is_dir():
        sys.exit(
            f"{folder} is no folder: give the one to which your learners send, or start a hub."
        )
    print("\n".join(table(read(folder), datetime.now())))


if __name__ == "__main__":
    main()
