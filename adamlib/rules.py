"""The update rules in teaching order, each written like the equations that Keras computes: its
paper's, where its docstring does not say otherwise.

    rule(x, g, t, *state, **hyperparameters) -> (x, *state)

x   the parameters, one array of any shape
g   the gradient of the loss at x, of x's shape
t   the number of the step, 1 at the first
state            positional arguments with a default, which is the value before the first step;
                 each has x's shape after it, but for nadam's mu_product, one number
hyperparameters  keyword arguments; names and defaults are those of tf.keras.optimizers, whose SGD
                 is momentum or nesterov when it is given a momentum, here 0.9

A rule is pure: it returns new arrays and never writes into the ones it is given. It works
element by element, so hyperparameters may be arrays that broadcast with x. It checks nothing:
`adamlib.descent` does that. On Keras's tensors it runs by `adamlib.keras_optimizer.as_keras`.
"""

import numpy as np


def sqrt(x):
    """√x; as a power, since np.sqrt of a Python float would turn float32 into float64."""
    return x**0.5


def sgd(x, g, t, *, learning_rate=0.01):
    """Gradient descent (Cauchy, 1847); stochastic when g comes from a sample of the data
    (Robbins and Monro, 1951).

    >>> sgd(1.0, 2.0, 1, learning_rate=0.25)
    (0.5,)
    """
    return (x - learning_rate * g,)


def momentum(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
    """Heavy ball (Polyak, 1964). v is the velocity.

    As in Keras, the learning rate is inside the velocity. PyTorch and Optax keep it outside,
    v = momentum * v + g and x = x - learning_rate * v: the same path while it is constant.
    """
    v = momentum * v - learning_rate * g
    return x + v, v


def nesterov(x, g, t, v=0, *, learning_rate=0.01, momentum=0.9):
    """Accelerated gradient (Nesterov, 1983), in the form of Bengio, Boulanger-Lewandowski and
    Pascanu (2013): x is the point that the velocity looks ahead to, and g is taken there."""
    v = momentum * v - learning_rate * g
    return x + momentum * v - learning_rate * g, v


def adagrad(x, g, t, s=0.1, *, learning_rate=0.001, epsilon=1e-7):
    """AdaGrad (Duchi, Hazan and Singer, 2011). s is the sum of squared gradients.

    Keras starts s at 0.1 and puts epsilon inside the root; in the paper s starts at 0, and in
    PyTorch too, with epsilon outside.
    """
    s = s + g**2
    return x - learning_rate * g / sqrt(s + epsilon), s


def sign_descent(x, g, t, *, learning_rate=0.001):
    """A step of the same length whatever the gradient's size. Rprop (Riedmiller and Braun, 1993)
    uses the sign too, and adapts each length.

    Keras has no such optimizer; its Adam becomes it at beta_1 = beta_2 = 0 and epsilon near 0.
    """
    return (x - learning_rate * np.sign(g),)


def rmsprop(x, g, t, v=0, *, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """RMSProp (Tieleman and Hinton, Coursera lecture 6.5, 2012). v averages squared gradients.

    Keras puts epsilon inside the root; PyTorch outside, and names rho alpha (0.99).
    """
    v = rho * v + (1 - rho) * g**2
    return x - learning_rate * g / sqrt(v + epsilon), v


def rmsprop_centered(x, g, t, v=0, g_mean=0, *, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """RMSProp divided by the standard deviation instead of the root mean square
    (Graves, 2013, without its momentum); Keras's `RMSprop(centered=True)`.

    Where g has been constant for many steps, v - g_mean**2 is 0 up to rounding, which may exceed
    epsilon: then the result is NaN, in Keras too.
    """
    v = rho * v + (1 - rho) * g**2
    g_mean = rho * g_mean + (1 - rho) * g
    return x - learning_rate * g / sqrt(v - g_mean**2 + epsilon), v, g_mean


def adadelta(x, g, t, v=0, u=0, *, learning_rate=0.001, rho=0.95, epsilon=1e-7):
    """Adadelta (Zeiler, 2012). v averages squared gradients, u squared steps.

    The paper has no learning rate: its rule is learning_rate = 1. Keras's default is 0.001.
    """
    v = rho * v + (1 - rho) * g**2
    step = -sqrt(u + epsilon) / sqrt(v + epsilon) * g
    u = rho * u + (1 - rho) * step**2
    return x + learning_rate * step, v, u


def adam(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Adam, Algorithm 1 of Kingma and Ba (2015). m and v average g and its square.

    >>> x, m, v = adam(1.0, 20.0, 1, learning_rate=0.1)
    >>> round(x, 6), round(m, 6), round(v, 6)
    (0.9, 2.0, 0.4)
    """
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    epsilon = epsilon / sqrt(1 - beta_2**t)  # Keras's epsilon is the paper's epsilon-hat (§ 2)
    return x - learning_rate * m_hat / (sqrt(v_hat) + epsilon), m, v


def adamax(x, g, t, m=0, u=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """AdaMax, Algorithm 2 of Kingma and Ba (2015). u is a decaying maximum of |g|.

    The paper has no epsilon here; Keras adds it to u.
    """
    m = beta_1 * m + (1 - beta_1) * g
    u = np.maximum(beta_2 * u, abs(g))
    m_hat = m / (1 - beta_1**t)
    return x - learning_rate * m_hat / (u + epsilon), m, u


def nadam(
    x,
    g,
    t,
    m=0,
    v=0,
    mu_product=1,
    *,
    learning_rate=0.001,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
):
    """Nadam, Adam with Nesterov's look-ahead (Dozat, 2016). mu_product is one number.

    epsilon is Algorithm 1's. The schedule, 0.96**t, is Keras's; Dozat and PyTorch have
    0.96**(t / 250), which rises to beta_1 more slowly, and Optax none. As in Keras, m averages with
    beta_1, not mu.
    """
    mu = beta_1 * (1 - 0.5 * 0.96**t)
    mu_next = beta_1 * (1 - 0.5 * 0.96 ** (t + 1))
    mu_product = mu_product * mu
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    m_hat = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * g / (1 - mu_product)
    v_hat = v / (1 - beta_2**t)
    return x - learning_rate * m_hat / (sqrt(v_hat) + epsilon), m, v, mu_product


def amsgrad(
    x,
    g,
    t,
    m=0,
    v=0,
    v_max=0,
    *,
    learning_rate=0.001,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
):
    """AMSGrad (Reddi, Kale and Kumar, 2018): Adam with the largest v so far in place of v.

    The paper has no bias correction. As in Keras, v_max is the maximum before it, so v_hat can
    still fall in the first steps; in Optax it is the maximum after it.
    """
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta_1**t)
    v_hat = v_max / (1 - beta_2**t)
    epsilon = epsilon / sqrt(1 - beta_2**t)  # as in adam
    return x - learning_rate * m_hat / (sqrt(v_hat) + epsilon), m, v, v_max


def adamw(
    x,
    g,
    t,
    m=0,
    v=0,
    *,
    learning_rate=0.001,
    weight_decay=0.004,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-7,
):
    """AdamW, Adam with decoupled weight decay (Loshchilov and Hutter, 2019).

    As in Keras and PyTorch the decay is times the learning rate; in the paper only times the
    schedule's factor.
    """
    x = x - learning_rate * weight_decay * x
    return adam(
        x, g, t, m, v, learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon
    )


# In teaching order: the functions above that have hyperparameters.
RULES = {name: f for name, f in globals().items() if getattr(f, "__kwdefaults__", None)}
