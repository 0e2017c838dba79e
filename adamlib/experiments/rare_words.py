"""A language of 200 words with Zipf's frequencies, and the smallest model of it: lesson 10.

Row k of a matrix W holds the scores of what follows word k. In this language word k follows itself
half of the time, and else anything follows, by Zipf's law.

FREQUENCY                            how often each word comes
batch_gradient(W, rng, size)         the gradient of a batch
whole_gradient(W)                    that of the whole language, without noise
batch(rng, size)                     which pairs of words a batch has
learned(rule, rate, steps, size, seed)   the guess of the model after a training
excess(rule, rate, steps, size, seed)    what is left to learn of each word after a training
adam_by_word                         Adam with one v for each word
"""

import numpy as np

from adamlib.schedules import cosine

WORDS = 200
FREQUENCY = 1 / np.arange(1, WORDS + 1)
FREQUENCY = FREQUENCY / FREQUENCY.sum()
NEXT = 0.5 * np.eye(WORDS) + 0.5 * FREQUENCY  # row k: how often each word follows word k


def probabilities(W):
    """The softmax of each row."""
    e = np.exp(W - W.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def whole_gradient(W):
    """The gradient of the mean loss: each row is multiplied by its word's frequency."""
    return FREQUENCY[:, None] * (probabilities(W) - NEXT)


def batch(rng, size):
    """How often each word (a row) was followed by each word, in so many words drawn at random."""
    words, others = rng.choice(WORDS, (2, size), p=FREQUENCY)
    follow = np.where(rng.random(size) < 0.5, words, others)
    return np.bincount(words * WORDS + follow, minlength=WORDS**2).reshape(WORDS, WORDS)


def batch_gradient(W, rng, size):
    """The gradient of the mean loss of a batch: so many words, each with the one that follows."""
    counts = batch(rng, size) / size
    return counts.sum(axis=1, keepdims=True) * probabilities(W) - counts


def learned(rule, rate, steps=300, size=None, seed=0):
    """The model's probabilities after a training: the arguments are those of excess()."""
    schedule, rng = cosine(rate, steps), np.random.default_rng(seed)
    W, state = np.zeros((WORDS, WORDS)), ()
    for t in range(1, steps + 1):
        g = whole_gradient(W) if size is None else batch_gradient(W, rng, size)
        W, *state = rule(W, g, t, *state, learning_rate=schedule(t))
    return probabilities(W)


def excess(rule, rate, steps=300, size=None, seed=0):
    """How far each word's loss is above the least possible, after the steps, with a cosine.

    size  the words in a batch, drawn from the seed; None for the whole language at each step
    """
    guess = learned(rule, rate, steps, size, seed)
    return (NEXT * np.log(NEXT / np.maximum(guess, 1e-300))).sum(axis=1)


def adam_by_word(W, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Adam, but with one v for each word: the mean of g² over the row of the word."""
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * np.mean(g**2, axis=1, keepdims=True)
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return W - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v
