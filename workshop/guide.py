"""The minutes in guide.md, from the lessons' own tables: python -m workshop.guide writes them.

In a table of the guide a part is taught whole ("all"), its cells are run and it is not discussed
("run"), it is left out ("-"), or it is shortened to so many minutes. What is computed is the
column "minutes", the row of predictions and the last row.
"""

import re
from pathlib import Path

from adamlib.practice import lessons
from tools import notebooks

GUIDE = Path(__file__).with_name("guide.md")
SESSIONS = {45: 41, 60: 55, 90: 85}  # a session, and the minutes of the lesson that fit into it
RUN, PAIRS = 1, 3  # minutes for cells that are only run, and for a prediction in pairs
PREDICTIONS = "*the predictions, in pairs*"


def minutes(number):
    """{title: minutes} of the parts of a lesson such as "01"."""
    (source,) = notebooks.sources(number)
    text = source.read_text(encoding="utf-8")
    rows = re.findall(r"^# \| \[(.+?)\]\(#.+\) \| (\d+) \|$", text, re.M)
    return {title: int(m) for title, m in rows}


def predictions(number):
    """How many quizzes a lesson has, those of Going further not counted."""
    (source,) = notebooks.sources(number)
    counted, *_ = source.read_text(encoding="utf-8").partition("# ## Going further")
    return len(re.findall(r'^quiz\("', counted, re.M))


def filled(text):
    """The guide with its minutes; ValueError names the line that no lesson has."""
    lines, number, parts = text.split("\n"), None, {}
    for place, line in enumerate(lines):
        if heading := re.match(r"## Lesson (\d\d)", line):
            number = heading[1] if heading[1] in lessons.FILES else None
            parts, sums = minutes(number) if number else {}, dict.fromkeys(SESSIONS, 0)
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not number or len(cells) != 5 or cells[0] in ("part", "---"):
            continue
        title, _, *how = cells
        try:
            if title == "in all":
                cells[1:] = sum(parts.values()), *sums.values()
            elif title == PREDICTIONS:
                cells[2:] = "-", "-", PAIRS * predictions(number)
                sums[90] += cells[-1]
            else:
                whole = "" if title.startswith("*") else parts[title]
                cells[1] = whole
                for session, word in zip(SESSIONS, how, strict=True):
                    words = {"all": whole, "run": RUN, "-": 0}
                    sums[session] += words[word] if word in words else int(word)
        except (KeyError, ValueError):
            raise ValueError(f"guide.md, line {place + 1}: lesson {number} has no {line}") from None
        lines[place] = f"| {' | '.join(map(str, cells))} |".replace("|  |", "| |")
    return "\n".join(lines)


if __name__ == "__main__":
    GUIDE.write_text(filled(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
