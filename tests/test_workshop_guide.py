"""The instructor's guide, the exam and the survey say what the lessons say.

A failure names the line of the guide that has to follow the lesson. Minutes are written by
python -m workshop.guide.
"""

import ast
import builtins
import re
from functools import cache
from pathlib import Path

import jupytext
import numpy as np
import pytest

from adamlib import experiments, rules
from adamlib.conventions import l2_from_pytorch, momentum_outside, weight_decay_from_paper
from adamlib.descent import descend, steps_of
from adamlib.practice import Function, lessons
from adamlib.practice.mistakes import mistakes_of
from tools import notebooks, sheets
from workshop import guide

WORKSHOP = Path(guide.__file__).parent
TEXT = guide.GUIDE.read_text(encoding="utf-8")
NUMBERS = list(lessons.FILES)
NUMBER = re.compile(r"(?<![\w.,^])[−-]?\d[\d,]*(?:\.\d+)?(?:e-\d+)?")
REFERENCES = re.compile(r"\b(part|exercise|lesson)s? (\d+(?: ★)?(?:(?:,| and| to) \d+)*)", re.I)
LESSON = pytest.mark.parametrize("number", NUMBERS)


def sections(text):
    """{"01": [(line, words), ...]} of the parts "## Lesson 01: ..." of a file of the kit."""
    found, number = {}, None
    for line, words in enumerate(text.split("\n"), 1):
        if heading := re.match(r"## (?:Lesson (\d\d))?", words):
            number = heading[1]
        elif number:
            found.setdefault(number, []).append((line, words))
    return found


GUIDE = sections(TEXT)


def source_of(number):
    (source,) = notebooks.sources(number)
    return source


def lines_under(number, heading):
    """The list below "### heading" in a lesson's section."""
    inside = False
    for line, words in GUIDE[number]:
        inside = words == f"### {heading}" if words.startswith("#") else inside
        if inside and words.startswith("- "):
            yield line, words


def table(number):
    """{title: (how in 45 minutes, in 60, in 90)} of a lesson's table, with the last rows."""
    rows = [words[1:-1].split("|") for _, words in GUIDE[number] if words.startswith("|")]
    return {title.strip(): tuple(map(str.strip, how)) for title, _, *how in rows[2:]}


def values(words):
    """The numbers of a text, without thousands' commas."""
    found = (token.replace(",", "").replace("−", "-") for token in NUMBER.findall(words))
    return [float(token) for token in found]


# Minutes


def test_the_guides_minutes_are_the_lessons():
    assert guide.filled(TEXT) == TEXT, "write them by: python -m workshop.guide"


def test_a_part_that_no_lesson_has_is_named_with_its_line():
    line = TEXT.split("\n").index(next(w for w in TEXT.split("\n") if w.startswith("| 2 The rule")))
    with pytest.raises(ValueError, match=f"line {line + 1}: lesson 01 has no | 2 The law"):
        guide.filled(TEXT.replace("| 2 The rule", "| 2 The law"))


@LESSON
def test_the_plans_name_all_parts_in_order_and_fit_into_their_sessions(number):
    *rows, whole = table(number)
    assert [row for row in rows if not row.startswith("*")] == list(guide.minutes(number))
    assert whole == "in all" and guide.PREDICTIONS in rows
    for session, minutes in zip(guide.SESSIONS, table(number)["in all"], strict=True):
        most = guide.SESSIONS[session]
        assert int(minutes) <= most, f"lesson {number}: {minutes} minutes in {session}, {most} fit"


@LESSON
def test_a_part_is_shortened_to_less_than_it_has_and_a_line_says_what_goes(number):
    minutes = guide.minutes(number)
    for place, session in enumerate(guide.SESSIONS):
        short = [t for t, how in table(number).items() if t in minutes and how[place].isdigit()]
        notes = [words for _, words in GUIDE[number] if words.startswith(f"- **{session}.**")]
        for title in short:
            assert int(table(number)[title][place]) < minutes[title], (number, title)
            part = title.split()[0]
            assert re.search(rf"\bparts? (\d+ and )*{part}\b", notes[0]), (number, session, title)


def test_the_text_says_how_much_fits():
    most = list(guide.SESSIONS.values())
    said = "holds at most {} of them, the plan for 60 at most {}, and the plan for 90 at most {}."
    assert said.format(*most) in TEXT
    assert f"counts {guide.RUN} minute." in TEXT
    assert f"{guide.PAIRS} minutes for each prediction in pairs" in TEXT


# Cuts


@cache
def code_by_part(number):
    """Pairs (part, code) of the cells that learners have."""
    part, found = "", []
    for cell in jupytext.read(source_of(number), fmt="py:percent").cells:
        if cell.cell_type == "markdown":
            part = ([part] + re.findall(r"^## (.+)$", cell.source, re.M))[-1]
        elif part != "Going further ★" and "solution" not in cell.metadata.get("tags", []):
            found.append((part, cell.source))
    return found


def bound(node):
    """The names that a piece of code makes: variables, arguments, functions and imports."""
    for n in ast.walk(node):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            yield n.id
        elif isinstance(n, ast.arg):
            yield n.arg
        elif isinstance(n, ast.FunctionDef | ast.ExceptHandler):
            yield n.name
        elif isinstance(n, ast.alias):
            yield (n.asname or n.name).split(".")[0]


def missing(cells):
    """{name: part} of the names that cells (part, code) use and do not have; a function needs
    its names only when it is called, so at the end."""
    known, found, later = set(dir(builtins)), {}, {}
    for part, code in cells:
        for statement in ast.parse(code).body:
            used = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
            names = {n.id for n in used if isinstance(n.ctx, ast.Load)}
            inside, made = statement, set(bound(statement))
            if isinstance(statement, ast.Assign):
                inside, made = statement.value, set().union(*map(bound, statement.targets))
            elif isinstance(statement, ast.AugAssign):
                inside, names = statement.value, names | made
            elif isinstance(statement, ast.FunctionDef):
                made = {statement.name}
            lacks = dict.fromkeys(names - known - set(bound(inside)), part)
            (later if isinstance(statement, ast.FunctionDef) else found).update(lacks)
            known |= made
    return found | {name: part for name, part in later.items() if name not in known}


def test_what_a_cell_lacks_is_found():
    cells = [("1", "import numpy as np\na = [k for k in range(3)]"), ("2", "a |= b\nc[0] = k")]
    assert missing(cells) == {"b": "2", "c": "2", "k": "2"}
    function = "def f(x, n=1):\n    y = x + n + z\n    return f(y)"
    assert missing([("1", function)]) == {"z": "1"}
    assert missing([("1", function), ("2", "z = 1\nf(z)")]) == {}


@LESSON
@pytest.mark.parametrize("session", list(guide.SESSIONS))
def test_no_cell_of_a_plan_needs_one_that_is_left_out(number, session):
    place, plan = list(guide.SESSIONS).index(session), table(number)
    out = [title for title, how in plan.items() if how[place] == "-"]
    kept = [(part, code) for part, code in code_by_part(number) if part not in out]
    assert missing(kept) == {}, f"lesson {number} in {session} minutes"


def terms(text):
    """The terms that a part of a lesson explains, as they go into the glossary."""
    paragraphs = [p for p in re.split(r"\n\s*\n", text) if not p.startswith(">")]
    lines = map(sheets.in_one_line, paragraphs)
    return {term.lower() for line in lines for term in sheets.TERM.findall(line)}


@LESSON
def test_a_term_that_is_left_out_is_said_if_it_is_needed_later(number):
    out = [title for title, how in table(number).items() if how[0] == "-"]
    parts = dict(sheets.parts(source_of(number)))
    later = [source_of(n).read_text(encoding="utf-8") for n in NUMBERS if n > number]
    later = " ".join([*later, *(text for title, text in parts.items() if title not in out)])
    of_parts_left_out = set().union(*(terms(parts[title]) for title in out if title in parts))
    needed = {t for t in of_parts_left_out if re.search(rf"\b{re.escape(t)}s?\b", later, re.I)}
    (note,) = [words for _, words in GUIDE[number] if words.startswith("- **45.** ")]
    said = {term.lower() for term in sheets.TERM.findall(note.removeprefix("- **45.** "))}
    assert needed <= said, f"lesson {number}, 45 minutes: say {needed - said}"
    assert said <= set().union(*map(terms, parts.values())), f"lesson {number}, 45 minutes"


# What learners get wrong


def rules_and_functions(number):
    text = source_of(number).read_text(encoding="utf-8")
    return set(re.findall(r'\bcheck\((?:\w+), "(\w+)"', text))


def mistakes(name):
    """The names of all mistakes that check() knows in a rule or in a lesson's function."""
    if found := lessons.function(name, Function):
        known = mistakes_of(found[0].right, found[1])
    else:
        known = mistakes_of(getattr(rules, name))
    return {m.name for m in known}


@LESSON
def test_the_mistakes_are_in_the_catalogue(number):
    listed = list(lines_under(number, "What goes wrong"))
    assert len(listed) >= 3
    for line, words in listed:
        where = f"guide.md, line {line}: {words}"
        if named := re.match(r"- `(\w+)`: \*\*(.+?)\*\*\. Say: ", words):
            assert named[1] in rules_and_functions(number), where
            assert named[2] in mistakes(named[1]), where
        else:
            answer = re.match(r"- `(\d\d)\.(\w+)` = (\S+)\. Say: ", words)
            assert answer and answer[1] == number, where
            wrong = lessons.entries(number, "ANSWERS")[answer[2]].wrong
            assert np.isclose(list(wrong), float(answer[3]), rtol=1e-9).any(), where


# Predictions


def quizzes(number):
    """[(name, part)] of the quizzes of a lesson, in order."""
    return [
        (name, part)
        for part, code in code_by_part(number)
        for name in re.findall(r'quiz\("(\d\d\.\w+)"\)', code)
    ]


@LESSON
def test_each_prediction_is_there_in_order_with_a_wrong_choice(number):
    listed = list(lines_under(number, "What to say at each prediction"))
    names = [re.match(r"- `([\w.]+)`", words)[1] for _, words in listed]
    assert names == [name for name, _ in quizzes(number)], f"lesson {number}"
    for (line, words), (name, part) in zip(listed, quizzes(number), strict=True):
        where = f"guide.md, line {line}: {words}"
        place = f", part {part.split()[0]}." if part[0].isdigit() else ", after part "
        assert words.startswith(f"- `{name}`{place}"), where
        said = re.search(r"Many say “(.+?)”", words)[1]
        question = lessons.entries(number, "QUESTIONS")[name[3:]]
        assert said in question.choices, where
        assert not question.is_right(list(question.choices).index(said)), where


# Everything else that a line refers to


@LESSON
def test_each_number_of_a_line_is_in_the_lesson(number):
    source = source_of(number)
    own = source.read_text(encoding="utf-8")
    own += source.with_name("practice.py").read_text(encoding="utf-8")
    known = {abs(value) for value in values(own)}
    for line, words in GUIDE[number]:
        if not words.startswith("|"):
            prose = re.sub(r"^- `[\w.]+` = \S+\. |“.*?”|`.*?`|\*\*.*?\*\*", " ", words)
            strange = {abs(value) for value in values(REFERENCES.sub(" ", prose))} - known
            assert not strange, f"guide.md, line {line}: {strange} is not in lesson {number}"


@LESSON
def test_each_part_and_exercise_of_a_line_is_in_the_lesson(number):
    parts = {int(title.split()[0]) for title in guide.minutes(number) if title[0].isdigit()}
    text = source_of(number).read_text(encoding="utf-8")
    exercises = {int(n): bool(star) for n, star in re.findall(r"### Exercise (\d+)( ★)?:", text)}
    known = {"part": parts, "exercise": exercises, "lesson": {*map(int, NUMBERS), 11}}
    for line, words in GUIDE[number]:
        where = f"guide.md, line {line}: {words}"
        for kind, run in REFERENCES.findall(words):
            assert {int(n) for n in re.findall(r"\d+", run)} <= set(known[kind.lower()]), where
        for n, star in re.findall(r"exercise (\d+)( ★)?", words, re.I):
            assert exercises[int(n)] == bool(star), where


@LESSON
def test_a_lesson_has_an_aim_in_one_sentence(number):
    (aim,) = [words for _, words in GUIDE[number] if words.startswith("**Aim.**")]
    assert aim.count(".") == 2 and aim.endswith(".")


# Schedules


def schedules():
    """Lists of (start in minutes or in weeks, what, minutes)."""
    before = TEXT[TEXT.index("## Schedules") : TEXT.index("## Lesson 01")]
    for rows in re.findall(r"(?:^\|.*\n)+", before, re.M):
        found = re.findall(r"^\| (?:(\d+):)?(\d+) \| (.+?) \| (\d+) \|$", rows, re.M)
        yield [(60 * int(h or 0) + int(m), what, int(long)) for h, m, what, long in found]


def test_nothing_in_a_schedule_begins_before_the_last_has_ended():
    *days, weeks = schedules()
    for day in days:
        assert len(day) >= 5
        for (start, what, long), (following, *_) in zip(day, day[1:], strict=False):
            assert start + long <= following, what
    assert [week for week, *_ in weeks] == list(range(1, len(weeks) + 1))
    assert {long for _, what, long in weeks} == {90}


def test_each_schedule_has_what_a_lesson_needs_before_it():
    one_day, first_half, second_half, weeks = schedules()
    for schedule in (one_day, first_half + second_half, weeks):
        taught = []
        for _, what, long in schedule:
            if not (lesson := re.fullmatch(r"lesson (\d\d)", what)):
                continue
            assert long in guide.SESSIONS, what
            if lesson[1] in NUMBERS:
                text = source_of(lesson[1]).read_text(encoding="utf-8")
                needs = re.search(r"^# You need .+?\n#$", text, re.M | re.S)[0]
                for needed in re.findall(r"\]\((\d\d)-", needs):
                    assert needed in taught, f"{what} needs lesson {needed} before it"
            taught.append(lesson[1])
    assert set(NUMBERS) <= set(taught), "the weekly course has all lessons"


# The exam: from the numbers of a question, in order, to those of its answer


def practice(number, name):
    """The course's own version of a lesson's function."""
    return lessons.entries(number, "FUNCTIONS")[name].right


def one_step(slope, x, rate):
    return descend(rules.sgd, slope, x, 1, learning_rate=rate).trajectory[-1]


def valley(low, high):
    rate, curvatures = 2 / (low + high), np.array([low, high])
    run = descend(rules.sgd, lambda x: curvatures * x, np.ones(2), 200, learning_rate=rate)
    away = np.linalg.norm(run.trajectory, axis=1)
    return rate, away[1] / away[0], np.argmax(away < away[0] / 1000)


def two_rates(b_star, rate, B, larger, *_):
    return rate * larger / B, rate * (1 + b_star / B) / (1 + b_star / larger)


def at_rest(L, variance, rate, level, of_one):
    V = 0.0
    for _ in range(1000):
        V = (1 - rate * L) ** 2 * V + rate**2 * variance
    return V, V / level * of_one / variance


def velocities(g, rate, mu):
    steps = -steps_of(rules.momentum, [g] * 500, learning_rate=rate, momentum=mu)
    return steps[1], steps[-1]


def two_scripts(rate_1, mu, decay, new, rate_2, keras_mu):
    gradients, v, moved = [1.0, -2.0, 0.5], 0.0, []
    for g in gradients:
        v = decay * v + new * g
        moved.append(rate_2 * v)
    outside = steps_of(momentum_outside, gradients, learning_rate=rate_1, momentum=mu)
    for theirs, rate in (outside, rate_1), (moved, new * rate_2):
        ours = steps_of(rules.momentum, gradients, learning_rate=rate, momentum=keras_mu)
        assert np.allclose(theirs, ours)
    return rate_1, new * rate_2


def from_zero(gradients, rate=1.0):
    return steps_of(experiments.adagrad_from_zero, gradients, learning_rate=rate, epsilon=1e-20)


def from_a_tenth(s, g):
    run = descend(rules.adagrad, lambda x: g, 0.0, 2000, learning_rate=1.0)
    return -run.trajectory[1], np.argmax(run.states["s"] > 2 * s * (1 - 1e-9)) + 1


def words(seldom, often, s):
    few, many = (from_zero([1.0] * int(n)) for n in (seldom, often))
    return few[-1] / many[-1], few.sum() + s


def bounce(rate, L):
    a = rate / 2
    run = descend(rules.rmsprop, lambda x: L * x, 1.0, 3000, learning_rate=rate)
    assert np.allclose(np.abs(run.trajectory[-2:]), a, rtol=0.01)
    return a, run.states["v"][-1] ** 0.5


def fades(rho, product, limit):
    steps = 0
    while product <= limit:
        product, steps = product / rho**0.5, steps + 1
    return [steps]


def first_step(beta_1, beta_2, g):
    knobs = dict(beta_1=beta_1, beta_2=beta_2, epsilon=1e-20, learning_rate=1.0)
    x, m, v = rules.adam(0.0, g, 1, **knobs)
    return m, v, m / (1 - beta_1), v / (1 - beta_2), -x


def after_silence(beta_1, beta_2):
    betas, typical = dict(beta_1=beta_1, beta_2=beta_2), ((1 - beta_1) / (1 + beta_1)) ** 0.5
    alone = steps_of(rules.adam, [0.0] * 1500 + [1.0], **betas)[-1]
    noise = np.random.default_rng(0).standard_normal((300, 1000))
    slow = steps_of(rules.adam, noise, beta_1=beta_1)[200:]
    assert abs(np.sqrt(np.mean(slow**2)) - typical) < 0.02
    largest = 1 - (1 - beta_1) ** 2
    same = steps_of(rules.adam, [0.0] * 1500 + [1.0], beta_1=beta_1, beta_2=largest)[-1]
    assert np.isclose(same, 1)
    return alone, typical, largest


def as_momentum(epsilon, beta_1, rate, L):
    as_rate, limit = rate * (1 - beta_1), 2 * (1 + beta_1) / L
    return as_rate / epsilon, as_rate / limit


def clipped(*numbers):
    arrays, (each, whole) = np.reshape(numbers[:4], (2, 2)), numbers[4:]
    lengths = np.linalg.norm(arrays, axis=1)
    return *np.minimum(lengths, each), *lengths * min(1, whole / np.linalg.norm(lengths))


def climbed(*numbers):
    rates, losses, start = (
        [*numbers[:5]],
        dict(zip(numbers[:5], numbers[5:10], strict=True)),
        numbers[10],
    )
    tried = practice("08", "climb")(losses.get, rates, start)
    upward = practice("08", "climb")(losses.get, rates[rates.index(start) :], start)
    return *tried, min(tried, key=tried.get), min(upward, key=upward.get)


def fair(a, b, c, rate_1, d, e, rate_2, f, g, h, rate_3):
    losses = {rate_1: [a, b, c], rate_2: [d, np.nan, e], rate_3: [f, g, h]}
    return [practice("09", "best_rate")(losses)]


def times_longer(beta_1, beta_2):
    times = practice("09", "times_longer")
    as_long = 1 - (1 - beta_2) ** 0.5
    assert np.isclose(times(1, as_long, beta_2), 1)
    return times(1, beta_1, beta_2), times(2, beta_1, beta_2), as_long


def reported(*numbers):
    methods, found = np.reshape(numbers, (2, 2, 4)), []  # method, rate: the rate, three losses
    for chooser in (1, 2):  # training, validation
        for rows in methods:
            choose, test = ({row[0]: [row[k]] for row in rows} for k in (chooser, 3))
            found.append(practice("09", "chosen_test_loss")(choose, test))
    return found


def decayed(rate, decay, g, steps):
    settings = dict(learning_rate=rate, weight_decay=decay)
    run = descend(rules.adamw, lambda x: g * x, 1.0, int(steps), **settings)
    return [run.trajectory[-1]]


def lions(beta_1, beta_2, m, *gradients):
    betas = dict(beta_1=beta_1, beta_2=beta_2)
    for g in gradients:
        yield from rules.lion(0.0, g, 1, m, learning_rate=1.0, **betas)


def constant(g, limit, rate, x):
    return [x - steps_of(rules.adam, [min(g, limit)] * 10, learning_rate=rate).sum()]


def accumulated(images, batch, parts, one, g, x):
    asked, written = [one / 2, one / 4], [one / 1, one / 2]
    return batch / parts, x - g * sum(asked), x - g * sum(written)


COMPUTED = {
    "1.1": lambda b, c, x, rate: (one_step(lambda x: 2 * x - b, x, rate), b / 2),
    "1.2": lambda L, rate: (2 / L, 1 / L, one_step(lambda x: L * x, 1.0, rate)),
    "1.3": valley,
    "2.1": lambda images, B: [3 * len(range(0, int(images), int(B)))],
    "2.2": lambda star, rate, B, more, *_: (
        rate * more / B,
        rate * (1 + star / B) / (1 + star / more),
    ),
    "2.3": at_rest,
    "3.1": velocities,
    "3.2": two_scripts,
    "3.3": lambda L, mu: ((1 - mu**0.5) ** 2 / L, 2 * (1 + mu) / L, mu**0.5),
    "4.1": lambda s, rate, *gradients: from_zero(gradients, rate),
    "4.2": from_a_tenth,
    "4.3": words,
    "5.1": lambda g, rho: steps_of(rules.rmsprop, [g] * 500, rho=rho)[[0, -1]],
    "5.2": bounce,
    "5.3": fades,
    "6.1": first_step,
    "6.2": lambda g: [steps_of(experiments.adam_uncorrected, [g] * 2, beta_2=0.99)[1]],
    "6.3": after_silence,
    "7.1": lambda sigma, rate: [2 * rate * sigma / 4],
    "7.2": lambda rate, a, b, c: (a, weight_decay_from_paper(b, rate), l2_from_pytorch(c)),
    "7.3": as_momentum,
    "8.1": lambda weights, size: (2 * weights * size, weights * size, 0),
    "8.2": clipped,
    "8.3": climbed,
    "9.1": fair,
    "9.2": times_longer,
    "9.3": reported,
    "10.1": decayed,
    "10.2": lambda sd, decay, other: (decay * sd, decay * sd / other),
    "10.3": lions,
    "11.1": constant,
    "11.2": lambda ours, default, tuned: (default / ours, tuned / ours),
    "11.3": accumulated,
}


def questions(file):
    """{"1.1": text} of a file of the exam."""
    text = re.sub(r"^## .*$", "", (WORKSHOP / file).read_text(encoding="utf-8"), flags=re.M)
    _, *pieces = re.split(r"^\*\*(\d+\.\d)\*\* ", text, flags=re.M)
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def test_each_lesson_has_three_questions_and_each_question_a_solution():
    asked = [*questions("exam.md")]
    assert asked == [*questions("exam-solutions.md")] == [*COMPUTED]
    for number in NUMBERS:
        assert [f"{int(number)}.{k}" for k in (1, 2, 3)] == [
            name for name in asked if name.split(".")[0] == str(int(number))
        ]
    for file in ("exam.md", "exam-solutions.md"):
        titles = re.findall(r"^## Lesson (\d\d): (.+)$", (WORKSHOP / file).read_text("utf-8"), re.M)
        assert titles == re.findall(r"^## Lesson (\d\d): (.+)$", TEXT, re.M)


@pytest.mark.parametrize("name", COMPUTED)
def test_the_answer_of_a_question_is_computed_from_its_numbers(name):
    given_numbers = values(REFERENCES.sub("", questions("exam.md")[name]))
    answer = re.search(r"^Answer: (.+)\.$", questions("exam-solutions.md")[name], re.M)[1]
    written = [token.replace("−", "-").replace(",", "") for token in NUMBER.findall(answer)]
    right = [float(value) for value in COMPUTED[name](*given_numbers)]
    assert len(written) == len(right)
    for token, value in zip(written, right, strict=True):
        digits = len(token.partition(".")[2])
        assert abs(float(token) - value) <= 0.5001 * 10.0**-digits, f"{name}: {right}"


# The survey


def test_the_survey_asks_the_same_before_and_after_of_each_lesson():
    text = (WORKSHOP / "survey.md").read_text(encoding="utf-8")
    before, after = (
        re.findall(r"^\| (.+ \(lesson \d\d\)) \|", half, re.M) for half in text.split("## After")
    )
    assert before == after
    assert [item[-3:-1] for item in before] == [n for n in NUMBERS if n <= "10"]
