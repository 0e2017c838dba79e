"""Where data, lessons and sources are: in the installed package, or beside it in a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name):
    """The path of a folder of the course."""
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name
