"""Lessons 01 to 07 for a browser, nothing installed: python -m tools.lite [FOLDER]

FOLDER, or build/lite, becomes a site of JupyterLite that any web server can hand out. Its Python is
Pyodide, which npm brings. What Pyodide has compiled, NumPy above all, the browser takes from
Pyodide's own distribution; all else is in the site, adamlib with its data too. What the kernel
loads stands in one lock with the sha256 of each file: Pyodide's own lock, and our wheels added to
it. So the lessons need no cell that installs, and are those of the course, byte for byte. What is
downloaded to build the site stays in build/.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import nbformat

from tools.notebooks import ROOT, Fault
from tools.npm import bring

BUILD, WEB = ROOT / "build", ROOT / "web"
NOTEBOOKS = ["0[1-7]-*.ipynb", "cheat-sheet.ipynb", "glossary.ipynb"]
PYODIDE = "0.27.7"  # the kernel of web/requirements.in is made for 0.27
CORE = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"]
LOCK = "pyodide-lock.json"
# All that the kernel loads, when it starts: from Pyodide's distribution, from the extension of
# JupyterLite that is the kernel, from requirements.txt; and adamlib, and web/startup.py.
DISTRIBUTION = ["micropip", "ssl", "sqlite3", "jedi", "ipython", "numpy", "matplotlib", "scipy"]
KERNEL = ["piplite", "ipykernel", "pyodide_kernel"]
PURE = ["anywidget", "comm", "ipywidgets", "psygnal", "threadpoolctl", "tqdm", "typing-extensions"]
EXTENSION = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = [EXTENSION, "@jupyter-widgets/jupyterlab-manager", "anywidget"]
LABEXTENSIONS = Path(sys.prefix, "share", "jupyter", "labextensions")
SETTINGS = {  # of the kernel
    "pyodideUrl": "./static/pyodide/pyodide.js",
    "disablePyPIFallback": True,
    "loadPyodideOptions": {
        "lockFileURL": f"./static/pyodide/{LOCK}",
        "packages": [*DISTRIBUTION, *KERNEL, *PURE, "adamlib", "startup"],
        "env": {"PYTHONSTARTUP": "/lib/python3.12/site-packages/startup.py"},
    },
}
CONFIG = {
    "appName": "How Adam really works",
    "litePluginSettings": {f"{EXTENSION}:kernel": SETTINGS},
}


def lite(site):
    """Build the site, in the place of an older one."""
    if site.exists() and not (site / "jupyter-lite.json").exists():
        raise Fault(f"{site} is there already, and no site of this program: name another folder.")
    with tempfile.TemporaryDirectory() as here:
        stage, built = Path(here, "course"), Path(here, "site")
        (stage / "files" / "solutions").mkdir(parents=True)
        for path in notebooks("lessons"):
            shutil.copy(path, stage / "files")
        for path in notebooks("solutions"):  # JupyterLite shows no output that is a list of lines
            text = json.dumps(solution(path))
            (stage / "files" / "solutions" / path.name).write_text(text, encoding="utf-8")
        add_pyodide(stage / "static" / "pyodide")
        shutil.copy(WEB / "overrides.json", stage)
        config = {"jupyter-lite-schema-version": 0, "jupyter-config-data": CONFIG}
        (stage / "jupyter-lite.json").write_text(json.dumps(config), encoding="utf-8")
        run(
            *("jupyterlite_core", "build", "--apps=lab", "--no-sourcemaps"),
            *("--no-unused-shared-packages", f"--lite-dir={stage}", f"--output-dir={built}"),
            "--LiteBuildConfig.ignore_sys_prefix=True",
            *(f"--LiteBuildConfig.federated_extensions={LABEXTENSIONS / e}" for e in EXTENSIONS),
            folder=stage,  # where it leaves notes of its own
        )
        (built / "index.html").write_text(front_page(), encoding="utf-8")
        check(built)
        shutil.rmtree(site, ignore_errors=True)
        shutil.move(built, site)


def notebooks(folder):
    """The notebooks of a folder of the course that run in a browser."""
    return [path for names in NOTEBOOKS for path in sorted((ROOT / folder).glob(names))]


def solution(path):
    """A solved notebook, without the folded cell that holds its text to its numbers: that is for
    tests, and takes minutes in a browser."""
    book = nbformat.read(path, 4)
    folded = book.cells[-1].metadata.get("jupyter", {}).get("source_hidden")
    return book | {"cells": book.cells[: -1 if folded else None]}


def front_page():
    """web/lite.html with a link to each notebook."""
    items = ""
    for path in notebooks("lessons"):
        title = nbformat.read(path, 4).cells[0].source.partition("\n")[0].strip("# ")
        items += f'<li><a href="lab/index.html?path={path.name}">{title}</a></li>\n'
    return (WEB / "lite.html").read_text("utf-8").replace("LESSONS\n", items)


def add_pyodide(folder):
    """Pyodide, our wheels, and the lock of all."""
    shutil.copytree(core(), folder)
    wheels = folder / "wheels"
    shutil.copytree(pure_wheels(), wheels)
    wheel(wheels)
    for name in KERNEL:
        (path,) = LABEXTENSIONS.glob(f"{EXTENSION}/static/pypi/{name}-*.whl")
        shutil.copy(path, wheels)
    with zipfile.ZipFile(wheels / "startup-1.zip", "w") as file:
        file.write(WEB / "startup.py", "startup.py")
    lock = json.loads((folder / LOCK).read_text("utf-8"))
    for entry in lock["packages"].values():
        entry["file_name"] = distribution() + entry["file_name"]
    lock["packages"] |= dict(map(entry_of, wheels.iterdir()))
    (folder / LOCK).write_text(json.dumps(lock), encoding="utf-8")


def core():
    """The folder of Pyodide's program, its standard library and its own lock, from npm."""
    folder = BUILD / f"pyodide-{PYODIDE}"
    bring(f"pyodide@{PYODIDE}", [*CORE, LOCK], folder)
    return folder


def distribution():
    """The address of Pyodide's distribution of this version, as Pyodide itself has it."""
    program = (core() / "pyodide.js").read_text("utf-8")
    (address,) = re.findall(r"setCdnUrl\(`(.+?)`\)", program)
    return re.sub(r"\$\{.+?\}", PYODIDE, address)


def entry_of(path):
    """A file's name in a lock of Pyodide, and what the lock says of it."""
    name, version = path.stem.split("-")[:2]
    return name.replace("_", "-"), {
        "name": name,
        "version": version,
        "file_name": f"wheels/{path.name}",
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": [],
        "depends": [],
        "unvendored_tests": False,
    }


def pure_wheels():
    """The folder of PURE as requirements.txt locks them, as wheels of Python alone."""
    locked = re.split(r"\n(?=\S)", (ROOT / "requirements.txt").read_text("utf-8"))
    wanted = "\n".join(entry for entry in locked if entry.partition("==")[0] in PURE)
    folder = BUILD / f"wheels-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=BUILD) as here:
            lock, wheels = Path(here, "lock.txt"), Path(here, "wheels")
            lock.write_text(wanted, encoding="utf-8")
            run(
                *("pip", "-q", "download", "--no-deps", "--require-hashes", f"--dest={wheels}"),
                *("--only-binary=:all:", "--platform=any", "--abi=none", "--implementation=py"),
                *("--python-version=3.12", f"--requirement={lock}"),
            )
            wheels.rename(folder)
    return folder


def wheel(folder):
    """Put the wheel of adamlib there, with its data and lessons, made from a copy of the course."""
    with tempfile.TemporaryDirectory() as here:
        copy_package(Path(here))
        alone = ["--no-index", "--no-deps", "--no-build-isolation"]
        run("pip", "-q", "--isolated", "wheel", *alone, f"--wheel-dir={folder}", here)


def copy_package(target):
    """Copy what the wheel of adamlib is made from, since building leaves files beside it."""
    for name in ("adamlib", "data", "lessons", "sources", "translations"):
        shutil.copytree(ROOT / name, target / name)
    for name in ("pyproject.toml", "requirements.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target)


def check(site):
    """Raise Fault if the built site has lost a setting of the kernel, or where it is set anew."""
    for path in sorted(site.glob("**/jupyter-lite.json")):
        said = json.loads(path.read_text("utf-8"))["jupyter-config-data"]
        kernel = said.get("litePluginSettings", {}).get(f"{EXTENSION}:kernel", {})
        if path.parent == site or kernel:
            lost = [name for name, value in SETTINGS.items() if kernel.get(name) != value]
            if lost:
                raise Fault(f"JupyterLite has lost {', '.join(lost)} in its {path.name}.")


def run(module, *words, folder=None):
    """A program of this Python, in a folder; Fault with its last words if it fails."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Fault(f"{module} failed: {(done.stderr or done.stdout).strip()[-2000:]}")


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=BUILD / "lite")
    site = parser.parse_args(arguments).folder
    try:
        lite(site)
    except (Fault, OSError) as fault:
        sys.exit(str(fault))
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(
        f"Wrote {site}, {size / 1e6:.0f} MB. To try it: "
        f"python3 -m http.server --bind 127.0.0.1 --directory {site}"
    )


if __name__ == "__main__":
    main()
