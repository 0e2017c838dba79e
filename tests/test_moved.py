"""The imports of the lessons' former version, of which learners have copies in work/."""

import subprocess
import sys

IMPORTS = """
from adamlib import experiments, plots, rules, runs
from adamlib.answers import check_answer
from adamlib.check import check, hint
from adamlib.claims import CLAIMS, carried, evidence
from adamlib.experiments import Task, adagrad_from_zero, adam_uncorrected, digits, reviews
from adamlib.keras_trainer import Trainer, numbers_of_state, pooled_network, strided_network
from adamlib.mistakes import wrong_rules
from adamlib.quiz import quiz
from adamlib.scoreboard import scoreboard
from adamlib.vae import BETAS_1, BETAS_2, VAE, bias_correction_grid
"""


EACH_ALONE = """
import sys
for line in sys.argv[1:]:
    for name in [name for name in sys.modules if name.split(".")[0] == "adamlib"]:
        del sys.modules[name]
    exec(line, {})
"""


def test_old_imports_still_work_each_alone():
    command = [sys.executable, "-c", EACH_ALONE, *IMPORTS.strip().splitlines()]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
