"""race(): the losses of several rules on data, computed beside the notebook."""

import inspect
import threading
import time
from functools import partial

import numpy as np

from adamlib.descent import iterations, training
from adamlib.explorers import curves
from adamlib.explorers.curves import axis, log_axis
from adamlib.explorers.widget import (
    Axes,
    Explorer,
    entered,
    failure,
    finite,
    groups_of,
    page,
    said,
    sentence,
    task_result,
)
from adamlib.inputs import (
    check_data,
    check_function,
    check_model,
    check_target,
    count,
    hyperparameter_defaults,
    name_of,
)
from adamlib.models import LogisticRegression

POINTS = 40  # of a curve: means of so many groups of iterations
PAUSE = 0.1  # seconds between two answers that are not the last
MODEL = LogisticRegression()


def race(rules, data, model=MODEL, epochs=1, batch_size=100, target=None, seed=0, validation=None):
    """The losses of several rules on data, with a slider for each learning rate.

    rules   a rule, yours or one of adamlib.rules, or a list of rules, or {rule: {name: value}}:
            where its slider is at first, and other hyperparameters to keep
    data    tuple of arrays of one length, such as mnist().train
    model   one of adamlib.models, or what has initial() and loss_and_gradient(params, batch)
    target  a task: ("loss", 0.4) is to be reached by each rule, or ("validation loss", 0.4)
    seed    shuffles the data, the same for each rule; and starts a model that starts at random
    validation  data that are held out: each run ends with its loss on them
    Runs are computed beside the notebook, and what a slider changed is dropped half-way.
    """
    steps = iterations(data, count(epochs, "epochs", least=1), batch_size)
    check_target(target, ["loss"] if validation is None else ["loss", "validation loss"])
    check_model(model)
    count(seed, "seed")
    rules = entered(rules)
    for rule in rules:
        if "learning_rate" not in hyperparameter_defaults(rule):
            raise TypeError(
                f"{name_of(rule)} has no hyperparameter learning_rate for a slider to set."
            )

    def begin(rule, rate):
        return training(
            rule,
            _seeded(model.loss_and_gradient, seed),
            _seeded(model.initial, seed)(),
            data,
            epochs=epochs,
            batch_size=batch_size,
            rng=np.random.default_rng(seed),
            **rules[rule] | {"learning_rate": rate},
        )

    measure = None
    if validation is not None:
        check_data(validation)
        check_function(getattr(model, "loss", None), "The model's loss", "params", "batch")
        measure = partial(model.loss, batch=validation)
    return Race(rules, begin, steps, target, measure)


def _seeded(function, seed):
    """The function, with an rng of its own if it draws from one."""
    draws = "rng" in inspect.signature(function).parameters
    return partial(function, rng=np.random.default_rng(seed)) if draws else function


class Race(Explorer):
    """A thread trains, and the page sees the curves grow.

    begin(rule, learning rate) gives the states of a training, as descent.training does, and
    measure(params) the loss on validation data, or is None. A run is dropped as soon as its
    learning rate is another, or the widget is closed.
    """

    _esm = page("curves")
    picture = curves.still
    thread = None  # only while there is something to train

    def __init__(self, rules, begin, steps, target, measure=None):
        self.rules, self.begin, self.steps, self.target = list(rules), begin, steps, target
        self.measure = measure
        self.laps = {}  # (which rule, learning rate): its Lap, if it runs or has ended
        self.every = every = -(-steps // POINTS)
        self.x = axis("iteration", 0, steps, whole=True)
        firsts = np.arange(1, steps + 1, every)
        means = f" A point of a curve is the mean loss of {every} of them." if every > 1 else ""
        others = {name for rule in rules for name in hyperparameter_defaults(rule)}
        groups = groups_of(rules, others - {"learning_rate"})
        self.labels = [group["label"] for group in groups]
        super().__init__(
            f"race({', '.join(self.labels)})",
            groups=groups,
            settings={},
            hint=f"Every rule starts at the same point and sees the same batches.{means}",
            steps=steps,
            unit="iteration",
            reading="Loss at",
            every=every,
            at=((firsts + np.minimum(firsts + every - 1, steps)) / 2).tolist(),
        )

    def respond(self, _=None):
        with self.one_at_a_time:
            if not (self.thread and self.thread.is_alive()):
                self.thread = threading.Thread(target=self.work, daemon=True)
                try:
                    self.thread.start()
                except RuntimeError:  # no threads in a browser: answer before going on
                    self.work()

    def work(self):
        """Train until the newest settings are answered."""
        self.told_at = time.monotonic()
        while True:
            settings = self.settings
            try:
                self.train(settings)
            except Exception as error:  # noqa: BLE001
                self.tell(settings, *failure(error))
            with self.one_at_a_time:  # either this sees new settings, or respond() no thread
                if self.settings is settings or self.comm is None:
                    self.thread = None
                    return

    def train(self, settings):
        """Train what is new, and tell the answer from time to time and at the end."""
        rates = [chosen["learning_rate"] for chosen in settings["hyperparameters"]]
        asked = list(enumerate(rates))
        self.laps = {k: lap for k, lap in self.laps.items() if k in asked or lap.ended}
        for k, rate in asked:
            if (k, rate) not in self.laps:
                name = f"{self.labels[k]} (learning_rate={rate:g})"
                run = self.begin(self.rules[k], rate)
                self.laps[k, rate] = Lap(name, run, self.steps, self.every, self.measure)
        laps = [self.laps[key] for key in asked]
        new = [lap for lap in laps if not lap.ended]
        while running := [lap for lap in new if not lap.ended]:
            if self.settings is not settings or self.comm is None:
                return
            if time.monotonic() - self.told_at >= PAUSE:
                self.tell(settings, *self.so_far(laps, new))
                self.told_at = time.monotonic()
            for lap in running:
                lap.step()
        self.tell(settings, *self.so_far(laps, new))

    def so_far(self, laps, new):
        """The answer; its progress is that of the new laps."""
        drawn = [lap.curve for lap in laps]
        counts, numbers = curves.told(drawn)
        axes = Axes(x=self.x, y=_loss_axis(drawn))
        progress = sum(lap.progress for lap in new) / len(new) if new else 1
        result = counts | said("Losses by iteration, log scale.", laps)
        return result | {"axes": axes, "progress": progress} | self.task(laps), numbers

    def wait(self):
        """Return when the newest settings are answered."""
        if thread := self.thread:
            thread.join()

    def _repr_mimebundle_(self, **kwargs):
        self.wait()  # so that the picture is of what has ended
        return super()._repr_mimebundle_(**kwargs)

    def task(self, laps):
        if self.target is None:
            return {}
        measure, loss = self.target
        reached = {}
        for label, lap in zip(self.labels, laps, strict=True):
            below = np.flatnonzero(lap.curve <= loss)
            at = f"iteration {min((below[0] + 1) * self.every, self.steps)}" if below.size else ""
            if measure != "loss":
                at = f"the end, {lap.validation:.3f}" if lap.validation <= loss else ""
            reached[label] = at
        when = f"in {self.steps}" if measure == "loss" else f"after {self.steps}"
        return task_result(f"Task: a {measure} of {loss:g} or less {when} iterations", reached)


def _loss_axis(drawn):
    """From below the least loss to above the largest, unless that is far above."""
    seen = np.concatenate([curve[curve > 0] for curve in drawn] or [[]])
    if not seen.size:
        seen = np.array([0.1, 1.0])
    least_first = min((c[0] for c in drawn if len(c) and c[0] > 0), default=1.0)
    top = np.clip(seen.max(), 1e-30, min(100 * least_first, 1e30))
    bottom = np.clip(seen.min(), 1e-8 * top, 0.99 * top)
    return log_axis(
        "loss", curves.NICE[curves.NICE <= bottom][-1], curves.NICE[curves.NICE >= top][0]
    )


class Lap:
    """A rule's run in a race, as far as it has come; step() trains it on, until it has ended.

    words  a sentence about it, or `error`, another, if the rule or the model raised
    validation  the loss on validation data at its end: infinite until then, or if it diverged
    """

    validation = np.inf

    def __init__(self, name, run, steps, every, measure=None):
        self.name, self.run, self.steps, self.every = name, run, steps, every
        self.measure = measure
        self.losses, self.ended, self.words, self.error = [], False, f"{name}: training.", ""

    def step(self):
        try:
            with np.errstate(all="ignore"):
                state = next(self.run)
            self.losses, self.diverged, self.params = state.losses, state.diverged, state.params
        except StopIteration:
            if self.measure and not self.diverged:
                self.validation = float(self.measure(self.params))
            self.ended, self.words = True, self._words()
        except Exception as error:  # noqa: BLE001 (a learner's rule may raise anything)
            self.error = f"{self.name}: {sentence(error)}"
            self.losses, self.ended, self.words = [], True, ""

    def _words(self):
        """How it ended."""
        if self.diverged:
            return f"{self.diverged}."
        n = len(finite(self.losses))
        if n < self.steps:
            return f"{self.name}: the loss is not finite at iteration {n + 1}."
        last = (self.steps - 1) % self.every + 1
        over = f"mean of the last {last} of {self.steps} iterations"
        held = f" Validation loss {self.validation:.3f}." if self.measure else ""
        return f"{self.name}: loss {self.curve[-1]:.3g}, {over}.{held}"

    @property
    def progress(self):
        return 1 if self.ended else len(self.losses) / self.steps

    @property
    def curve(self):
        """The means of `every` losses each, as far as they are finite."""
        losses = finite(self.losses)
        firsts = np.arange(0, len(losses), self.every)
        counts = np.diff(firsts, append=len(losses))
        return np.add.reduceat(losses, firsts) / counts if len(losses) else losses
