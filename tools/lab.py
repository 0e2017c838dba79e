"""JupyterLab for the course: python -m tools.lab [work/NN-lesson.ipynb] [JupyterLab's options]"""

import os
import sys
from pathlib import Path
from urllib.parse import quote

from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyterlab.labapp import main
from traitlets import Bool, Unicode, default

from tools.environment import ROOT
from tools.launcher import copy_lessons


class Guarded(PasswordIdentityProvider):
    """A token or a password is asked for, whatever the user's own Jupyter settings say.

    As they are no .tag(config=True) here, no setting reaches these two; their values are Jupyter's.
    """

    token, need_token = Unicode(), Bool()

    @default("token")
    def _new_token(self):
        return self._token_default()

    @default("need_token")
    def _without_password(self):
        return self._need_token_default()


def arguments(words):
    """JupyterLab's arguments: this machine only; the address that it prints is a notebook's."""
    options = [word for word in words if not word.endswith(".ipynb")]
    notebooks = [word for word in words if word.endswith(".ipynb")]
    notebook = notebooks[0] if notebooks else min(map(str, ROOT.glob("work/*.ipynb")))
    path = Path(os.path.abspath(ROOT / notebook))
    if not path.is_file() or ROOT not in path.parents:
        sys.exit(f"There is no notebook {notebook} in {ROOT}: give one as work/03-momentum.ipynb.")
    address = quote(path.relative_to(ROOT).as_posix())
    given = {
        "--ip": "127.0.0.1",
        "--ServerApp.root_dir": ROOT,
        "--LabApp.default_url": f"/lab/tree/{address}",
        "--ServerApp.identity_provider_class": "tools.lab.Guarded",
    }
    ours = [f"{name}={value}" for name, value in given.items()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        ours.append("--allow-root")  # without it Jupyter refuses to serve root
    return [*ours, *options]


if __name__ == "__main__":
    copy_lessons()
    main(arguments(sys.argv[1:]))
