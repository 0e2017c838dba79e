"""What each lesson asks: the file practice.py beside its source, found and loaded when needed.

ANSWERS    {name: Number or Judged}     check_answer("01.slope", 4)
QUESTIONS  {name: Question}             quiz("01.hilltop")
FUNCTIONS  {name: Function}             check(f, "one_epoch"), hint("one_epoch")
"""

import traceback
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location

from adamlib.folders import folder
from adamlib.inputs import brief

TABLES = ("ANSWERS", "QUESTIONS", "FUNCTIONS")
SOURCES = folder("sources")
FILES = {p.parent.name.partition("-")[0]: p for p in sorted(SOURCES.glob("*/practice.py"))}


def find(name, table, *kinds):
    """What lesson 01 has in the table as "slope" for the name "01.slope"; None if it has not."""
    number, _, key = str(name).partition(".")
    return entry(number, table, key, kinds) if number in FILES else None


def function(name, kind):
    """The lessons' function of this name, and where the file of its mistakes would be; or None."""
    numbers = [number for number in FILES if name in entries(number, "FUNCTIONS")]
    if len(numbers) > 1:
        files = " and ".join(label(FILES[number]) for number in numbers)
        raise ValueError(f"{files} both have the function {name!r}: check() knows it by its name.")
    for number in numbers:
        found = entry(number, "FUNCTIONS", name, (kind,))
        return found, FILES[number].with_name(f"{name}.toml")
    return None


def asks(name):
    """Whether a lesson asks for a number or a choice of this name, "slope" or "01.slope"."""
    tables = ("ANSWERS", "QUESTIONS")
    names = [
        (number, key) for number in FILES for table in tables for key in entries(number, table)
    ]
    return any(name in (key, f"{number}.{key}") for number, key in names)


def every(table, *kinds):
    """{"01.slope": entry} of all lessons."""
    names = [(number, key) for number in FILES for key in entries(number, table)]
    return {f"{number}.{key}": entry(number, table, key, kinds) for number, key in names}


def entry(number, table, key, kinds):
    """A lesson's entry, of one of the kinds and without fault; None if it has none."""
    if key not in entries(number, table):
        return None
    found = entries(number, table)[key]
    if isinstance(found, kinds):
        fault = found.fault()
    else:
        fault = f"it must be {' or '.join(kind.__name__ for kind in kinds)}, not {brief(found)}"
    if fault:
        raise ValueError(f"{label(FILES[number])}, {table} {key!r}: {fault}.")
    return found


def entries(number, table):
    """{name: entry} of a lesson's table."""
    found = getattr(load(FILES[number]), table, {})
    if not isinstance(found, dict):
        raise ValueError(f"{label(FILES[number])}: {table} must be a dict, not {brief(found)}.")
    return found


@cache
def load(file):
    """The module that the file is."""
    spec = spec_from_file_location(f"practice of {file.parent.name}", file)
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        frames = traceback.walk_tb(error.__traceback__)
        lines = [i for frame, i in frames if frame.f_code.co_filename == str(file)]
        where = f", line {lines[-1]}" if lines else ""  # a SyntaxError says itself where it is
        words = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(f"{label(file)}{where}: {words}.") from error
    for name, value in vars(module).items():
        asks = isinstance(value, dict) and any(hasattr(v, "fault") for v in value.values())
        if asks and name not in TABLES:
            raise ValueError(f"{label(file)} has no table {name}: there are {', '.join(TABLES)}.")
    return module


def label(file):
    return f"sources/{file.parent.name}/{file.name}"
