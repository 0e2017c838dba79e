"""What a part of a learner's rule computes, where a few terms give it exactly."""

import itertools

import numpy as np

DIVISORS = ("sqrt({} + epsilon)", "(sqrt({}) + epsilon)", "sqrt({})", "({} + epsilon)", "{}")


def formula(part, values, names, states, runs, rounding):
    """A text as "momentum * old_v + g" where that is what was found at every step, or "".

    part      "x" or a state
    values    what was found for it, shape (steps, n), as all below
    names     {name: array} after the rule's lines; the states before them as old_v
    runs      for each step the number of its run: hyperparameters differ between runs
    rounding  how far apart numbers may be that count as the same
    """
    old = [f"old_{s}" for s in states]
    if part == "x":
        inside = [n for n in ("m_hat", "v_hat", "step") if n in names]
        terms = ["g", "sign(g)", *states, *inside, *old]
        if "epsilon" in names:
            below = [d.format(n) for n in [*states, *inside, *old, "g**2"] for d in DIVISORS]
            terms += [f"{a} / {b}" for a in terms for b in below if not b.endswith(a)]
        sums = [("x", *two) for two in itertools.combinations(["g", *states, *old], 2)]
    else:
        terms = list(dict.fromkeys([f"old_{part}", *old, "g", "g**2", "abs(g)", "x", "x**2"]))
        sums = list(itertools.combinations(terms, 2))
    known = {"sqrt": np.sqrt, "sign": np.sign, "abs": abs}
    columns = {t: eval(t, {**names, **known}) + 0 * values for t in ["x", *terms]}
    factors = _factors(names)
    for begin, rest in (("", values), ("x", values - names["x"])):
        for term in _multiples(rest, columns, runs, rounding):
            if text := _fit((term,), columns, rest, factors, runs, rounding):
                return _sum([begin, text])
    for some in sums:
        if text := _fit(some, columns, values, factors, runs, rounding):
            return text
    for begin, rest in (("", values), ("x plus ", values - names["x"])):
        within = _multiples(rest, columns, runs, rounding)
        for term in _multiples(rest, columns, np.arange(len(values)), rounding):
            if term not in within:
                return f"{begin}a multiple of {term} that changes from step to step"
    return ""


def _multiples(values, columns, runs, rounding):
    """The terms of which the values are a multiple, in each run another one."""
    every = np.array(list(columns.values()))
    weight = np.divide(1, values, out=np.zeros_like(values), where=values != 0)
    fitted = np.zeros_like(every)
    for run in np.unique(runs):
        here = runs == run
        a, b = every[:, here] * weight[here], values[here] * weight[here]
        many = np.nan_to_num((a * b).sum(axis=(1, 2)) / (a * a).sum(axis=(1, 2)))
        fitted[:, here] = many[:, None, None] * every[:, here]
    fits = (np.abs(fitted - values) <= rounding).all(axis=(1, 2)) & (
        np.abs(values) > rounding
    ).any()
    return [term for term, fit in zip(columns, fits, strict=True) if fit]


def _factors(names):
    """{text: array, a number for each step} of what may stand before a term."""
    rate = names["learning_rate"]
    factors = {"": np.ones_like(rate), "learning_rate * ": rate}
    for h in ("momentum", "rho", "beta_1", "beta_2"):
        a = names.get(h)
        if isinstance(a, np.ndarray):  # of the rules one has such a name
            plain = {f"{h}": a, f"(1 - {h})": 1 - a, f"{h}**2": a**2, f"(1 + {h})": 1 + a}
            for text, value in plain.items():
                factors[f"{text} * "] = value
                factors[f"{text} * learning_rate * "] = value * rate
            factors[f"1 / (1 - {h}) * "] = 1 / (1 - a)
    factors["learning_rate**2 * "] = rate**2
    return factors


def _fit(terms, columns, values, factors, runs, rounding):
    """The sum of these terms, with the factors that fit, or ""."""
    columns = np.array([columns[t] for t in terms])
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
    if None in texts:
        return ""
    return _sum([f"{text}{term}" for text, term in zip(texts, terms, strict=True)])


def _named(numbers, factors):
    """The factor that has these numbers at every step, as a text, or None."""
    for text, values in factors.items():
        for sign in ("", "-"):
            if np.allclose(numbers, -values if sign else values, rtol=1e-3, atol=0):
                return sign + text
    for text in ("", "learning_rate * "):
        many = numbers / factors[text]
        if np.allclose(many, many[0], rtol=1e-3, atol=0):
            return f"{many[0, 0]:.3g} * {text}"
    return None


def _sum(terms):
    first, *others = [term for term in terms if term]
    return first + "".join(f" - {t[1:]}" if t[0] == "-" else f" + {t}" for t in others)
