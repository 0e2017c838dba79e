"""What every hub of a class sets: on one machine, on a server of its own, on Kubernetes.

Each of the three reads this file, in its own way: README.md has it.
"""

import os

c = get_config()  # noqa: F821

c.JupyterHub.authenticator_class = "shared-password"  # any name will do; the class has a password
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"instructor"}  # who has another password

# The course is one folder, and its .venv is beside its lessons. A learner's server runs from there.
c.Spawner.cmd = ["/srv/course/.venv/bin/python", "/srv/course/workshop/server.py"]
c.Spawner.default_url = "/lab/tree/work"

# A class comes all at once. Who is over this limit is sent away with "too many users".
c.JupyterHub.concurrent_spawn_limit = 300
c.Spawner.start_timeout = 300  # seconds; forty at once took 43 on two cores
c.Spawner.http_timeout = 300

# One thread for each kernel: beside others, more threads wait for each other (adamlib/threads.py).
threads = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
c.Spawner.environment = {name: "1" for name in threads}

# "recorded" compares lessons 01 to 07 with Keras's recorded runs, without TensorFlow, as each line
# then says; lessons 08 and later train by Keras, and need "live".
c.Spawner.environment["ADAMLIB_KERAS"] = os.environ.get("ADAMLIB_KERAS") or "live"

# The system that starts the servers holds to these, but on one machine nothing does.
c.Spawner.mem_guarantee = "600M"  # a server, and a kernel with TensorFlow
c.Spawner.mem_limit = "2G"  # of whom opens three lessons, or makes an array too large
c.Spawner.cpu_limit = 1

c.Spawner.args = [
    "--KernelManager.transport=ipc",  # of 130 kernels that began at once, two wanted the same port
    # A kernel that has done nothing for so many seconds is shut, though its page be open: it holds
    # 400 MB. Its variables are lost, and no file. One that computes is left.
    "--MappingKernelManager.cull_idle_timeout=2400",
    "--MappingKernelManager.cull_interval=60",
    "--MappingKernelManager.cull_connected=True",
    "--ServerApp.shutdown_no_activity_timeout=7200",  # a server without a kernel: 95 MB
]
