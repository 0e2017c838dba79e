"""From a key on a slider to new pixels, in a real JupyterLab: our explorer beside `interact`."""

import json
import statistics
import tempfile
import time
from pathlib import Path

import nbformat
import psutil

from tools.browser import Page, chromium, jupyterlab, notebook_of

EXPLORE = """from adamlib import rules
from adamlib.explorers import explore
from adamlib.surfaces import ravine
explore([rules.sgd, rules.momentum, rules.adam], ravine, steps=100)"""

# The same three runs, as a notebook without explorers would show them.
INTERACT = """%matplotlib inline
import matplotlib.pyplot as plt, numpy as np, ipywidgets
from adamlib import rules
from adamlib.descent import descend
from adamlib.surfaces import ravine
def show(rate):
    fig, (ground, losses) = plt.subplots(1, 2, figsize=(9, 4))
    x = np.stack(np.meshgrid(*(np.linspace(*side, 100) for side in ravine.window)))
    ground.contourf(*x, np.log(1 + ravine(x)), 14)
    for rule in (rules.sgd, rules.momentum, rules.adam):
        path = descend(rule, ravine.gradient, ravine.start, 100, learning_rate=rate).trajectory
        ground.plot(*path.T)
        losses.semilogy(ravine(path.T))
    plt.show()
ipywidgets.interact(show, rate=ipywidgets.FloatLogSlider(0.01, min=-4, max=-1, step=0.01));"""

# Times of keys and of frames with new pixels: read after each frame was painted.
PROBE = """() => {
  const probe = (window.probe = { keys: [], changes: [], last: null });
  const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const shown = () => [...document.querySelectorAll(".jp-OutputArea :is(canvas, img)")];
  const pixels = () => shown().map((one) => {
    if (one.complete === false || !one.clientWidth) return 0;
    const [w, h] = [copy.canvas.width, copy.canvas.height] = [one.clientWidth, one.clientHeight];
    copy.drawImage(one, 0, 0, w, h);
    let sum = 0;
    for (const word of new Uint32Array(copy.getImageData(0, 0, w, h).data.buffer))
      sum = (Math.imul(sum, 31) + word) | 0;
    return sum;
  });
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    const seen = pixels().join();
    if (seen !== probe.last && !seen.split(",").includes("0")) {
      probe.changes.push(performance.now());
      probe.last = seen;
    }
  };
  const tick = () => {
    channel.port2.postMessage(0);
    requestAnimationFrame(tick);
  };
  tick();
  addEventListener("keydown", (event) => probe.keys.push(event.timeStamp), true);
}"""


class Counted(Page):
    """A page that adds up the bytes to and from its kernel."""

    sent = received = 0

    def _sent(self, frame):
        self.sent += len(frame)
        super()._sent(frame)

    def _received(self, frame):
        self.received += len(frame)
        super()._received(frame)


class Slider:
    """A slider of a notebook that is shown, and the kernel behind it."""

    def __init__(self, browser, lab, name, cell, selector):
        path = f"{name}.ipynb"
        nbformat.write(notebook_of(cell), lab["root"] / path)
        self.name, self.notebook = name, Counted(browser, lab, path)
        self.notebook.run_all()
        self.page = self.notebook.page
        self.page.locator(selector).first.focus()
        self.page.wait_for_timeout(1000)
        self.page.evaluate(PROBE)
        self.page.wait_for_timeout(500)
        sessions = json.loads(lab["api"]("/api/sessions"))
        (kernel,) = [s["kernel"]["id"] for s in sessions if s["path"] == path]
        (self.kernel,) = [p for p in psutil.process_iter() if kernel in " ".join(arguments_of(p))]
        self.taken, self.cpu, self.received, self.sent = [], 0, 0, 0

    def move(self, times):
        """Moves, one after another: seconds from each key to the first new pixels."""
        notebook, before = self.notebook, self.kernel.cpu_times()
        received, sent = notebook.received, notebook.sent
        self.page.bring_to_front()
        for i in range(times):
            self.page.keyboard.press("ArrowRight" if i < times / 2 else "ArrowLeft")
            self.page.wait_for_function("() => probe.changes.at(-1) > probe.keys.at(-1)")
            self.page.wait_for_timeout(150)
            key, changes = self.page.evaluate("() => [probe.keys.at(-1), probe.changes]")
            self.taken.append(next(change for change in changes if change > key) - key)
        after = self.kernel.cpu_times()
        self.cpu += after.user + after.system - before.user - before.system
        self.received += notebook.received - received
        self.sent += notebook.sent - sent

    def hurry(self, times):
        """Seconds from the last of many moves, 60 in a second, to the last new pixels."""
        self.page.bring_to_front()
        for i in range(times):
            self.page.keyboard.press("ArrowRight" if i < 0.7 * times else "ArrowLeft")
            time.sleep(1 / 60)
        self.page.wait_for_timeout(3000)
        return self.page.evaluate("() => probe.changes.at(-1) - probe.keys.at(-1)") / 1000


def arguments_of(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def latency(row, moves=30):
    """Print the figures of both, which take turns in one browser."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "notebooks"), Path(folder, "jupyter")
        root.mkdir()
        home.mkdir()
        with jupyterlab(root, home) as lab, chromium() as browser:
            ours = Slider(browser, lab, "explore", EXPLORE, "input[type=range]")
            theirs = Slider(browser, lab, "interact, inline Matplotlib", INTERACT, "[role=slider]")
            for _ in range(moves // 6):
                for slider in (ours, theirs):
                    slider.move(6)
            median = statistics.median(ours.taken) / 1000
            for slider in (ours, theirs):
                times = sorted(slider.taken)
                mid, late = statistics.median(times) / 1000, times[int(0.95 * len(times))] / 1000
                row(f"{slider.name}: key to pixels, of {len(times)} moves", mid, "", mid / median)
                row("  95 % of the moves within", late)
                last = statistics.median(slider.hurry(60) for _ in range(5))
                row("  the last of 60 fast moves, of 5 times", last)
                row("  kernel's CPU a move", slider.cpu / len(times))
                size = [f"{n / len(times) / 1000:.1f} kB" for n in (slider.received, slider.sent)]
                print(f"  a move brings {size[0]} to the page and {size[1]} to the kernel")
