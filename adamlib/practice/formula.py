"""What a part of a learner's rule computes, where a few terms give it exactly."""

import itertools

import numpy as np

DIVISORS = ("sqrt({} + epsilon)", "(sqrt({}) + epsilon)", "sqrt({})", "({} + epsilon)", "{}")


def formula(part, values, names, state, runs, rounding):
    """A text as "momentum * v + g" where that is what was found at every step, or "".

    part      "x" or a state
    values    what was found for it, shape (steps, n), as all below
    names     {name: array} after the rule's lines; the old states and x as old_v
    state     names of the states
    runs      for each step the number of its run: hyperparameters differ between runs
    rounding  how far apart numbers may be that count as the same
    """
    old = [f"old_{s}" for s in state]
    if part == "x":
        inside = [n for n in ("m_hat", "v_hat", "step") if n in names]
        above = ["g", "sign(g)", *state, *inside, *old]
        below = [d.format(n) for n in [*state, *inside, *old, "g**2"] for d in DIVISORS]
        fractions = [f"{a} / {b}" for a in above for b in below if not b.endswith(a)]
        terms = [*above, *(fractions if "epsilon" in names else [])]
        sums = [(t,) for t in terms] + [("x", t) for t in terms]
        sums += [("x", *two) for two in itertools.combinations(["g", *state, *old], 2)]
    else:
        terms = [f"old_{part}", *old, "g", "g**2", "abs(g)", "x", "x**2", "g**3"]
        terms = list(dict.fromkeys(terms))
        sums = [(t,) for t in terms] + list(itertools.combinations(terms, 2))
    columns = {t: _column(t, names) for t in {t for s in sums for t in s}}
    factors = _factors(names)
    for some in sums:
        text = _fit(some, [columns[t] for t in some], values, factors, runs, rounding)
        if text:
            return text
    return ""


def _column(term, names):
    known = {"sqrt": np.sqrt, "sign": np.sign, "abs": abs}
    return eval(term, {**names, **known})


def _factors(names):
    """{text: array, a number for each step} of what may stand before a term."""
    rate = names["learning_rate"]
    factors = {"": np.ones_like(rate), "learning_rate * ": rate}
    for h in ("momentum", "rho", "beta_1", "beta_2"):
        if isinstance(names.get(h), np.ndarray):  # of the rules some have such a name
            a = names[h]
            plain = {f"{h}": a, f"(1 - {h})": 1 - a, f"{h}**2": a**2, f"(1 + {h})": 1 + a}
            for text, value in plain.items():
                factors[f"{text} * "] = value
                factors[f"{text} * learning_rate * "] = value * rate
            factors[f"1 / (1 - {h}) * "] = 1 / (1 - a)
    factors["learning_rate**2 * "] = rate**2
    return factors


def _fit(terms, columns, values, factors, runs, rounding):
    """The sum of these terms, with the factors that fit, or ""."""
    columns = np.array([np.broadcast_to(c, values.shape) for c in columns])
    if not (np.isfinite(columns).all() and np.isfinite(values).all()):
        return ""
    found = np.zeros((len(values), len(terms), 1))
    for run in np.unique(runs):
        here = runs == run
        a, b = columns[:, here].reshape(len(terms), -1).T, values[here].ravel()
        size = np.maximum(np.abs(a).max(axis=1), np.abs(b))
        rows = size > 0
        a, b = a[rows] / size[rows, None], b[rows] / size[rows]
        found[here] = np.linalg.lstsq(a, b, rcond=None)[0][:, None]
    fitted = (found[..., 0].T[:, :, None] * columns).sum(axis=0)
    if not (np.abs(fitted - values) <= rounding).all():
        return ""
    texts = [_named(found[:, i], factors) for i in range(len(terms))]
    if any(text is None for text in texts):
        return ""
    return _sum([f"{text}{term}" for text, term in zip(texts, terms, strict=True)])


def _named(numbers, factors):
    """The factor that has these numbers at every step, as a text, or None."""
    for text, values in factors.items():
        for sign in ("", "-"):
            if np.allclose(numbers, -values if sign else values, rtol=1e-3, atol=0):
                return sign + text
    if np.allclose(numbers, numbers[0], rtol=1e-3, atol=0):
        return f"{numbers[0, 0]:.3g} * "
    return None


def _sum(terms):
    first, *others = terms
    return first + "".join(f" - {t[1:]}" if t[0] == "-" else f" + {t}" for t in others)
