"""Files of npm's packages, brought once and kept."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.notebooks import Fault


def bring(package, files, kept):
    """Let the folder `kept` have these files of a package, such as mathjax@3.2.2.

    What is there is not brought again. Raises Fault where npm is missing or fails.
    """
    if kept.exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Fault(
            f"{kept} is missing, and npm, which brings it, is not installed: install Node.js, "
            f"or copy the folder {kept.parent.name} from where this was made before."
        )
    with tempfile.TemporaryDirectory() as here:
        words = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", here]
        done = subprocess.run([npm, *words, package], capture_output=True, text=True)
        if done.returncode:
            raise Fault(f"npm cannot bring {package}: {done.stderr.strip() or done.stdout}")
        new = kept.with_name(f"{kept.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        for file in files:
            source, target = Path(here, "node_modules", package.split("@")[0], file), new / file
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
        new.rename(kept)
