"""A lesson is a folder in sources/, a rule one function and its looks: nothing else is touched."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from adamlib.practice import Function, check, check_answer, hint, lessons, quiz

ROOT = Path(__file__).resolve().parents[1]

LESSON = """\
# %% [markdown]
# # 99 Halves

# %%
from adamlib.practice import check, check_answer, hint, quiz

# %%
def half(x):
    # BEGIN SOLUTION
    return x / 2
    # END SOLUTION


halve = check(half, "half")

# %%
hint("half")
quiz("99.quarter")

# %%
# BEGIN SOLUTION
# STUB seven, large = ...  # half of 14, and a number above 10
seven, large = 7, 11
# END SOLUTION
check_answer("99.seven", seven)
check_answer("99.large", large)
"""

PRACTICE = '''\
"""What lesson 99 asks."""

from adamlib.practice import Function, Judged, Number, Question, Right


def half(x):
    """Half of x."""
    return x / 2


def above_ten(number):
    return number > 10, f"{number:g} beside 10"


ANSWERS = {
    "seven": Number(7, wrong={28: "that is twice 14"}),
    "large": Judged(above_ten, asks="n"),
}

QUESTIONS = {
    "quarter": Question(
        "What is half of a half?",
        {
            "A quarter": Right("Two of them make a half."),
            "Nothing": "Half of a thing is never nothing.",
            "A whole": "Half of a thing is less.",
        },
    ),
}

FUNCTIONS = {"half": Function(half, {"x = 3": (3,)}, hints=["Divide it.", "By 2."])}
'''

MISTAKES = """\
["it is doubled"]
hint = "a half is smaller"
diff = ["- x / 2", "+ x * 2"]
"""

ASKED = """
from adamlib.practice import check, check_answer, hint, quiz
def half(x):
    return x * 2
halve = check(half, "half")
print(halve(3))
hint("half")
check_answer("99.seven", 28)
check_answer("99.large", 9)
print(quiz("99.quarter").text)
check_answer("01.slope", 4)
"""


@pytest.fixture
def course(tmp_path):
    """A copy of what is needed to build a lesson."""
    leave = shutil.ignore_patterns("__pycache__")
    for folder in ("adamlib", "sources"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave)
    (tmp_path / "tools").mkdir()
    for name in ("CITATION.cff", "tools/notebooks.py", "tools/sheets.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "solutions").mkdir()
    return tmp_path


def files(course):
    """{path: hash} of all of a course."""
    paths = [path for path in course.rglob("*") if path.is_file()]
    return {
        path.relative_to(course).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def python(course, *arguments):
    """What Python prints with the package of this course."""
    ours = {"PYTHONPATH": str(course), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {k: v for k, v in os.environ.items() if k != "ADAMLIB_EXPECT"} | ours
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=course,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_new_lesson_is_a_folder_and_nothing_else_is_touched(course):
    folder = course / "sources/99-halves"
    folder.mkdir()
    (folder / "lesson.py").write_text(LESSON, encoding="utf-8")
    (folder / "practice.py").write_text(PRACTICE, encoding="utf-8")
    before = files(course)
    python(course, "-m", "tools.notebooks", "build", "99")
    after = files(course)
    names = ("99-halves", "glossary", "cheat-sheet")
    made = {f"{folder}/{name}.ipynb" for folder in ("lessons", "solutions") for name in names}
    assert after.keys() - before.keys() == made and before.items() <= after.items()
    solved = nbformat.read(course / "solutions/99-halves.ipynb", 4).cells
    outputs = [output for cell in solved[2:] for output in cell.outputs]
    printed = [o["text"].strip() if "text" in o else o.data["text/plain"] for o in outputs]
    said = [text for text in printed if not text.startswith("Predict: ")]
    assert said == [
        "half: right, it agrees with the course's own in every test",
        "half, hint 1 of 2: Divide it.",
        "seven: right",
        "large: right: 11 beside 10",
    ]
    unsolved = (course / "lessons/99-halves.ipynb").read_text(encoding="utf-8")
    assert "x / 2" not in unsolved and "your code here" in unsolved
    wrong, *rest = python(course, "-c", ASKED).splitlines()
    assert wrong.startswith("half: for x = 3 it gives 6 instead of 1.5. The next cells use the")
    assert rest == [
        "1.5",
        "half, hint 1 of 2: Divide it.",
        "seven: 28 is not it: that is twice 14",
        "large: not yet: 9 beside 10",
        "Predict: What is half of a half?",
        "slope: right",
    ]
    (folder / "half.toml").write_text(MISTAKES, encoding="utf-8")
    wrong, *_ = python(course, "-c", ASKED).splitlines()
    assert wrong.startswith("half: it is doubled: a half is smaller. The next cells use the")


RULE = '''\
def half_step(x, g, t, last=0, *, learning_rate=0.01):
    """Half a step of sgd; it remembers the last gradient."""
    return x - learning_rate * g / 2, g


'''

USES = """
from matplotlib.colors import to_hex
from adamlib import plots, rules
from adamlib.descent import descend
from adamlib.explorers import explore, one_step
from adamlib.practice import check
from adamlib.surfaces import ravine

assert list(rules.RULES)[-1] == "half_step"
assert check(rules.half_step, "half_step") is rules.half_step

def half_step(x, g, t, last=0, *, learning_rate=0.01):
    return x - learning_rate * g, g

assert check(half_step, "half_step") is rules.half_step
run = descend(rules.half_step, ravine.gradient, ravine.start, 3, learning_rate=0.1)
assert set(run.states) == {"last"}
for made in (explore(rules.half_step, ravine), one_step(rules.half_step, ravine)):
    assert "half_step" in str(made.get_state())
print(to_hex(plots.style_of("half_step")["color"]))
"""


def test_a_new_rule_is_one_function_and_its_looks(course):
    def insert(file, before, text):
        path = course / file
        source = path.read_text(encoding="utf-8")
        assert source.count(before) == 1
        path.write_text(source.replace(before, text + before), encoding="utf-8")

    insert("adamlib/rules.py", "# In teaching order", RULE)
    keras = '    "tf.keras": ("#000000", "+"),\n'
    insert("adamlib/plots.py", keras, '    "half_step": ("#123456", "1"),\n')
    right, wrong, colour = python(course, "-c", USES).splitlines()
    assert right == "half_step: right, it agrees with the course's own in every test"
    assert "half_step: last is right; your x is x - learning_rate * g. The next" in wrong
    assert colour == "#123456"


@pytest.fixture
def lesson_99(tmp_path, monkeypatch):
    """Write what lesson 99 asks."""
    file = tmp_path / "99-halves" / "practice.py"
    file.parent.mkdir()
    monkeypatch.setitem(lessons.FILES, "99", file)
    return file.write_text


BROKEN = {
    'Right("Two of them make a half.")': (
        '"Two of them make a half."',
        "sources/99-halves/practice.py, QUESTIONS 'quarter': one choice must be Right, not 0.",
    ),
    'Number(7, wrong={28: "that is twice 14"})': (
        "7",
        "sources/99-halves/practice.py, ANSWERS 'seven': it must be Number or Judged, not 7.",
    ),
    '{28: "that is twice 14"}': ("[28]", "wrong must be {number: reason}, not [28]."),
    "QUESTIONS = {": (
        'QUESTIONS = {"quarter": Question("What?", [])} or {',
        "QUESTIONS 'quarter': its choices must be {words: reason}, not [].",
    ),
    '"that is twice 14"': (
        "14",
        "ANSWERS 'seven': each wrong value needs its reason, a string.",
    ),
    "Number(7": ('Number("7"', "'seven': its value, within and the wrong values must be numbers."),
    'asks="n"': ('asks="n m"', "'large': it asks for 'n m', and its function takes other argum"),
    '{"x = 3": (3,)}': ("{}", "FUNCTIONS 'half': calls must be {words: arguments}, one call at l"),
    'hints=["Divide it.", "By 2."]': (
        'hints="Divide it."',
        "FUNCTIONS 'half': hints must be a list of sentences, one at least.",
    ),
    "Function(half, {": ("Function(0, {", "FUNCTIONS 'half': right and facts must be functions."),
    "return x / 2\n": (
        "return x / 2\n\nhalf = haf\n",
        "sources/99-halves/practice.py, line 10: NameError: name 'haf' is not defined.",
    ),
    "ANSWERS = {": ("ANSWERS = 3, {", "practice.py: ANSWERS must be a dict, not (3, {"),
    "FUNCTIONS = {": (
        "FUNCTION = {",
        "practice.py has no table FUNCTION: there are ANSWERS, QUESTIONS, FUNCTIONS.",
    ),
    "def half(x):": ("def half(x:", "sources/99-halves/practice.py: SyntaxError: "),
}


@pytest.mark.parametrize(("text", "changed"), BROKEN.items(), ids=BROKEN)
def test_a_broken_file_or_entry_is_named_in_one_sentence(lesson_99, text, changed):
    other, words = changed
    lesson_99(PRACTICE.replace(text, other, 1), encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        check_answer("99.seven", 7)
        check_answer("99.large", 11)
        quiz("99.quarter")
        check(abs, "half")
    said = str(caught.value)
    assert words in said and "\n" not in said


def test_two_lessons_with_a_function_of_one_name_are_named(lesson_99):
    lesson_99(PRACTICE.replace('"half": F', '"one_epoch": F'), encoding="utf-8")
    with pytest.raises(ValueError, match="sources/02-.* and sources/99-halves.*'one_epoch'"):
        lessons.function("one_epoch", Function)


def test_a_lesson_s_file_is_loaded_when_it_is_asked_for_and_once(lesson_99, capsys):
    lesson_99("print('loaded')\n" + PRACTICE, encoding="utf-8")
    check_answer("01.slope", 4)
    assert "loaded" not in capsys.readouterr().out
    check_answer("99.seven", 7)
    hint("half")
    check_answer("99.seven", 7)
    assert capsys.readouterr().out.count("loaded") == 1
