"""The update rules in teaching order, each written like the equations that Keras computes: its
paper's, where its docstring does not say otherwise.

    rule(x, g, t, *state, **hyperparameters) -> (x, *state)

x   the parameters, one array of any shape
g   the gradient of the loss at x, of x's shape
t   the number of the step, 1 at the first
state            positional arguments with a default, which is the value before the first step;
                 each has x's shape after it, or one that broadcasts to it: nadam's mu_product is
                 one number, adafactor's r one for each row
hyperparameters  keyword arguments; names and defaults are those of tf.keras.optimizers, whose SGD
                 is momentum or nesterov when it is given a momentum, here 0.9

A rule is pure: it returns new arrays and never writes into the ones it is given. It works
element by element, so hyperparameters may be arrays that broadcast with x; one that does not says
so by @whole_arrays. It checks nothing: `adamlib.descent` does that. On Keras's tensors it runs by
`adamlib.keras_optimizer.as_keras`.
"""

import numpy as np


def sqrt(x):
    """√x; as a power, since np.sqrt of a Python float would turn float32 into float64."""
    return x**0.5


def whole_arrays(rule):
    """Declare that a rule needs each parameter array whole, since it takes a norm or a matrix
    product. A large array is then not cut into blocks, and many runs do not share one array."""
    rule.whole_arrays = True
    return rule


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


def lion(x, g, t, m=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.99):
    """Lion, Algorithm 2 of Chen and others (2023), without its weight decay. m averages g.

    The step looks ahead with beta_1, what m keeps is averaged with beta_2. The paper decays x as
    AdamW does, and takes rates 3 to 10 times smaller than AdamW's; Keras's decay is 0 by default.
    """
    step = np.sign(beta_1 * m + (1 - beta_1) * g)
    m = beta_2 * m + (1 - beta_2) * g
    return x - learning_rate * step, m


@whole_arrays
def lamb(x, g, t, m=0, v=0, *, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """LAMB, Algorithm 2 of You and others (2020): Adam's direction, in each parameter array made
    as long as the array itself.

    The paper adds weight decay to the direction before it is scaled; Keras, as AdamW, apart from
    it. epsilon is Algorithm 1's of Adam. An array of zeros takes Adam's own step.
    """
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    direction = (m / (1 - beta_1**t)) / (sqrt(v / (1 - beta_2**t)) + epsilon)
    return x - learning_rate * trust(norm(x), norm(direction)) * direction, m, v


def norm(x):
    """The root of the sum of squares of a whole array, whatever its shape."""
    return sqrt(np.sum(x**2))


def trust(length, step):
    """LAMB's trust ratio, length / step; 1 where one of the two is 0."""
    both = length * step > 0
    return np.where(both, length / np.where(both, step, 1), 1)


@whole_arrays
def adafactor(
    x,
    g,
    t,
    r=0,
    c=0,
    v=0,
    *,
    learning_rate=0.001,
    beta_2_decay=-0.8,
    epsilon_1=1e-30,
    epsilon_2=1e-3,
    clip_threshold=1.0,
):
    """Adafactor, Algorithms 4 and 5 of Shazeer and Stern (2018), without momentum. r and c average
    the rows' and columns' squared gradients; v is rebuilt from them, or averaged for a vector.

    The paper keeps r and c in place of v, which Keras keeps too. A learning rate below 1/√t, such
    as Keras's default, is used as it is, times the size of x: Keras's relative_step changes
    nothing. Where a row and a column have no gradient, v is 0 in float32, and x NaN, in Keras too.
    """
    beta_2 = 1 - t**beta_2_decay
    squares = g**2 + epsilon_1
    if np.ndim(x) < 2:
        v = beta_2 * v + (1 - beta_2) * squares
    else:
        r = beta_2 * r + (1 - beta_2) * np.mean(squares, axis=-1, keepdims=True)
        c = beta_2 * c + (1 - beta_2) * np.mean(squares, axis=-2, keepdims=True)
        v = r / np.mean(r, axis=-2, keepdims=True) * c
    step = g / sqrt(v)
    step = step / np.maximum(1, rms(step) / clip_threshold)
    size = np.maximum(epsilon_2, rms(x))
    rate = np.minimum(learning_rate * size, size / sqrt(t))
    return x - rate * step, r, c, v


def rms(x):
    """The root of the mean square of a whole array."""
    return sqrt(np.mean(x**2))


def ftrl(
    x,
    g,
    t,
    n=0.1,
    z=0,
    *,
    learning_rate=0.001,
    learning_rate_power=-0.5,
    l1_regularization_strength=0.0,
    l2_regularization_strength=0.0,
    l2_shrinkage_regularization_strength=0.0,
    beta=0.0,
):
    """FTRL-Proximal, Algorithm 1 of McMahan and others (2013). n sums squared gradients, z is what
    all gradients so far ask for; x is computed from the two and not from the last x.

    l1 makes x exactly 0 where |z| does not exceed it. The paper starts at x = 0: from another start
    the first step of Keras, and of this rule, leads to where a step from 0 would, but for the
    part sigma * x. Keras starts n at 0.1, the paper at 0, with beta = 1; Keras's l2 strengths count
    twice.
    """
    before = n
    n = n + g**2
    sigma = (n**-learning_rate_power - before**-learning_rate_power) / learning_rate
    z = z + g + 2 * l2_shrinkage_regularization_strength * x - sigma * x
    excess = np.maximum(abs(z) - l1_regularization_strength, 0)
    steepness = (n**-learning_rate_power + beta) / learning_rate
    steepness = steepness + 2 * l2_regularization_strength
    return -np.sign(z) * excess / steepness, n, z


@whole_arrays
def muon(
    x,
    g,
    t,
    m=0,
    v=0,
    *,
    learning_rate=0.001,
    momentum=0.95,
    weight_decay=0.004,
    ns_steps=5,
    rms_rate=0.2,
    adam_beta_1=0.9,
    adam_beta_2=0.999,
    adam_weight_decay=0.004,
    epsilon=1e-7,
):
    """Muon (Jordan and others, 2024): the momentum of a matrix, made nearly orthogonal. Arrays that
    are not matrices take AdamW's step, as they do in Keras.

    The step's length is that of Liu and others (2025), so that AdamW's learning rate and decay fit;
    rms_rate is theirs. Keras leaves to AdamW also each matrix whose layer is called an embedding.
    """
    if np.ndim(x) != 2:
        adams = dict(beta_1=adam_beta_1, beta_2=adam_beta_2, epsilon=epsilon)
        return adamw(
            x, g, t, m, v, learning_rate=learning_rate, weight_decay=adam_weight_decay, **adams
        )
    x = x - learning_rate * weight_decay * x
    m = momentum * m + g
    step = orthogonalized(g + momentum * m, ns_steps)
    return x - learning_rate * rms_rate * max(x.shape) ** 0.5 * step, m, v


def orthogonalized(matrix, ns_steps=5):
    """A matrix with the same singular vectors and singular values near 1, from 0.7 to 1.2 as a
    rule, by steps of a Newton-Schulz iteration (Jordan and others, 2024).

    Small singular values take more steps; what was 0 stays 0.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = np.transpose(matrix) if tall else matrix
    x = x / (norm(x) + 1e-7)
    for _ in range(ns_steps):
        square = x @ np.transpose(x)
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return np.transpose(x) if tall else x


def schedule_free_adamw(
    x,
    g,
    t,
    z=0,
    v=0,
    *,
    learning_rate=0.0025,
    beta_1=0.9,
    beta_2=0.999,
    epsilon=1e-8,
):
    """Schedule-Free AdamW, Algorithm 1 of Defazio and others (2024), without its weight decay. z
    takes Adam's steps without m, and x, where g is taken, lies between z and the mean of all z.

    In the paper x is called y, and the mean, there x, is what it evaluates in the end. Keras 3.15
    has no way to ask for the mean; and on TensorFlow it computes the mean from the new z where the
    paper has the old one. With that, beta_1 cancels out: x itself is the mean of all z. And in
    model.fit its z begins at 0, so that the first weights are lost, unless the optimizer has been
    built before. Keras's warmup_steps is a learning rate that rises.
    """
    z = np.where(t == 1, x, z)  # z starts where x does
    v = beta_2 * v + (1 - beta_2) * g**2
    z = z - learning_rate * g / (sqrt(v / (1 - beta_2**t)) + epsilon)
    mean = (x - (1 - beta_1) * z) / beta_1  # in the paper the line before the last one's z
    mean = (1 - 1 / t) * mean + z / t
    return (1 - beta_1) * z + beta_1 * mean, z, v


# In teaching order: the functions above that have hyperparameters.
RULES = {name: f for name, f in globals().items() if getattr(f, "__kwdefaults__", None)}
