"""Old names of modules, so that a learner's older copy of a lesson in work/ still runs."""

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.util import spec_from_loader

NEW_NAMES = {
    "adamlib.answers": "adamlib.practice",
    "adamlib.check": "adamlib.practice",
    "adamlib.claims": "adamlib.experiments",
    "adamlib.keras_trainer": "adamlib.experiments.keras_trainer",
    "adamlib.mistakes": "adamlib.practice",
    "adamlib.quiz": "adamlib.practice",
    "adamlib.runs": "adamlib.experiments",
    "adamlib.scoreboard": "adamlib.experiments",
    "adamlib.vae": "adamlib.experiments.vae",
}


class Moved(MetaPathFinder, Loader):
    """Finds an old name, and gives it what the new one has."""

    def find_spec(self, name, path=None, target=None):
        return spec_from_loader(name, self) if name in NEW_NAMES else None

    def exec_module(self, module):
        new = importlib.import_module(NEW_NAMES[module.__name__])
        vars(module).update({k: v for k, v in vars(new).items() if not k.startswith("__")})


sys.meta_path.append(Moved())
