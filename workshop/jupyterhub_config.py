"""A hub on one machine, for a trial, for CI, or for a class that trusts each other.

python3 course.py workshop [JupyterHub's options], such as --ip=0.0.0.0 for a class in this network

All learners are one user of this machine: they can read each other's files. What they save, and the
hub's own files, are in class/, or in the folder that CLASS_FOLDER names.
"""

import json
import os
import secrets
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLASS = Path(os.environ.get("CLASS_FOLDER") or HERE.parent / "class").resolve()

load_subconfig("class_config.py", path=str(HERE))  # noqa: F821
c = get_config()  # noqa: F821

CLASS.mkdir(parents=True, exist_ok=True)
passwords = CLASS / "passwords.json"
if not passwords.exists():
    passwords.touch(mode=0o600)
    new = {"user_password": secrets.token_hex(4), "admin_password": secrets.token_hex(16)}
    passwords.write_text(json.dumps(new))
c.SharedPasswordAuthenticator.update(json.loads(passwords.read_text()))
print(
    f"Learners log in with a name that they choose and the password "
    f"{c.SharedPasswordAuthenticator.user_password}; you as instructor with "
    f"{c.SharedPasswordAuthenticator.admin_password}. Both are kept in {passwords}.",
    flush=True,
)

board = CLASS / "board"  # what learners choose to send by send_progress(): course.py board
board.mkdir(exist_ok=True)
c.Spawner.environment["ADAMLIB_BOARD"] = str(board)

c.JupyterHub.ip = "127.0.0.1"
c.JupyterHub.db_url = f"sqlite:///{CLASS}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{CLASS}/cookie_secret"
c.ConfigurableHTTPProxy.pid_file = f"{CLASS}/proxy.pid"
# The page that waits for a server is one long request; the proxy would cut it off after 20 seconds.
patience = f"--proxy-timeout={c.Spawner.start_timeout * 1000}"
c.ConfigurableHTTPProxy.command = [sys.executable, str(HERE / "proxy.py"), patience]

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = f"{CLASS}/homes/{{username}}"
c.Spawner.cmd = [sys.executable, str(HERE / "server.py")]
if os.geteuid() == 0:
    c.Spawner.args.append("--allow-root")  # without it Jupyter refuses to serve root
