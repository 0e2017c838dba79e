"""Wrong rules that learners write, each a change to the course's own rule, and hints.

MISTAKES     all of them; check() names the one that computes what the learner's rule does
HINTS        {rule: hints}, the next one more telling than the last
wrong_rules  a rule's mistakes, ready to run

Here a rule is any function that check() knows.
"""

import inspect
import re
from typing import NamedTuple


class Mistake(NamedTuple):
    """A wrong rule: the right one's source with one text changed.

    name       what is wrong, in one sentence
    hint       what to think of; of a convention, what Keras does instead
    changes    pairs of texts in the source: the right one and the wrong one
    elsewhere  "", or where this is no mistake but the convention, such as "by the paper"
    """

    rule: str
    name: str
    hint: str
    changes: tuple
    elsewhere: str


# "# " a rule; then its mistakes, each a name, "? " a hint, and a change as in a diff, of parts of
# lines. "= " marks a convention, and where it is right.
TABLE = """
# sgd

the step goes uphill
? the gradient points to where the loss grows
- x - learning_rate
+ x + learning_rate

the learning rate is not used
? the step is the gradient times the learning rate
- learning_rate * g
+ g

the gradient is divided by the learning rate
? a larger learning rate must make a longer step
- learning_rate * g
+ g / learning_rate

it returns the step and not the new x
? the step starts at x
- (x - learning_rate
+ (-learning_rate

the brackets are in the wrong place
? without brackets Python multiplies before it subtracts
- x - learning_rate * g
+ (x - learning_rate) * g

the learning rate is written as a number
? use the argument learning_rate, which later cells change
- (x - learning_rate
+ (x - 0.01

only the sign of the gradient counts
? the step is proportional to the gradient
- learning_rate * g
+ learning_rate * sign(g)

the learning rate is divided by t
? it is the same at every step
- learning_rate * g
+ learning_rate / t * g

the learning rate is multiplied by t
? it is the same at every step
- learning_rate * g
+ learning_rate * t * g

x is multiplied by the step
? the step is subtracted from x
- x - learning_rate
+ x * learning_rate

# momentum

the learning rate is outside the velocity
= in PyTorch
? has it inside: v sums the steps and not the gradients
- v = momentum * v - learning_rate * g
- return x + v, v
+ v = momentum * v + g
+ return x - learning_rate * v, v

the velocity has the other sign
= in many textbooks
? has a velocity that points to where x goes, x + v
- v = momentum * v - learning_rate * g
- return x + v, v
+ v = momentum * v + learning_rate * g
+ return x - v, v

the velocity is an average and not a sum
? the new gradient counts in full, without a factor 1 - momentum
- v - learning_rate * g
+ v - (1 - momentum) * learning_rate * g

the velocity averages gradients, with the learning rate outside
? v is a sum of steps: no factor 1 - momentum, and the learning rate inside
- v = momentum * v - learning_rate * g
- return x + v, v
+ v = momentum * v + (1 - momentum) * g
+ return x - learning_rate * v, v

the velocity is accelerated uphill
? the gradient points to where the loss grows
- v - learning_rate * g
+ v + learning_rate * g

the velocity is subtracted from x
? v points to where x goes already
- return x + v, v
+ return x - v, v

the velocity is returned as it came
? the next step needs the new v
- v = momentum * v - learning_rate * g
- return x + v, v
+ return x + momentum * v - learning_rate * g, v

the velocity is neither changed nor used
? that is sgd: first the new v, then x moves by it
- v = momentum * v - learning_rate * g
- return x + v, v
+ return x - learning_rate * g, v

the learning rate counts twice
? it is in v already
- x + v, v
+ x + learning_rate * v, v

the learning rate multiplies the old velocity too
? in v it multiplies the gradient only
- momentum * v - learning_rate * g
+ learning_rate * (momentum * v - g)

x moves by the old velocity
? first the new v, then the step
- v = momentum * v - learning_rate * g
- return x + v, v
+ return x + v, momentum * v - learning_rate * g

x looks ahead, which is Nesterov's step
? here x moves by v and nothing else
- x + v, v
+ x + momentum * v - learning_rate * g, v

the velocity forgets its past
? a part of the old v goes on
- momentum * v - learning_rate
+ -learning_rate

the old velocity does not fade
? only the part momentum of the old v goes on
- = momentum * v -
+ = v -

the learning rate is not used
? the new gradient enters v times the learning rate
- learning_rate * g
- return
+ g
+ return

the gradient is used twice
? the gradient is in v already
- x + v, v
+ x + v - learning_rate * g, v

momentum is written as a number
? use the argument momentum, which later cells change
- = momentum * v -
+ = 0.9 * v -

x and v are returned in the wrong order
? the new x comes first
- x + v, v
+ v, x + v

it returns the step and not the new x
? the step starts at x
- x + v, v
+ v, v

# nesterov

the learning rate is outside the velocity
= in PyTorch
? has it inside: v sums the steps and not the gradients
- v = momentum * v - learning_rate * g
- return x + momentum * v - learning_rate * g, v
+ v = momentum * v + g
+ return x - learning_rate * (momentum * v + g), v

the velocity has the other sign
= in many textbooks
? has a velocity that points to where x goes
- v = momentum * v - learning_rate * g
- return x + momentum * v - learning_rate * g, v
+ v = momentum * v + learning_rate * g
+ return x - momentum * v - learning_rate * g, v

there is no look-ahead, so it is the heavy ball
? the line for x takes the new v, in momentum * v - learning_rate * g
- x + momentum * v - learning_rate * g, v
+ x + v, v

the velocity is accelerated uphill
? the gradient points to where the loss grows
- v - learning_rate * g
- return
+ v + learning_rate * g
+ return

the gradient's own step goes uphill
? the gradient points to where the loss grows
- learning_rate * g, v
+ -learning_rate * g, v

x moves by all of the velocity and by the gradient
? in x only the part momentum of v counts
- x + momentum * v
+ x + v

the look-ahead counts twice
? x was ahead by momentum times the old v already, so momentum * v - learning_rate * g is all
- x + momentum * v - learning_rate * g
+ x + v + momentum * v

the velocity is subtracted from x
? v points to where x goes already
- x + momentum * v
+ x - momentum * v

the velocity counts twice
? momentum * v - learning_rate * g is all that x moves by
- x + momentum * v
+ x + v + momentum * v

the learning rate counts twice
? it is in v already
- momentum * v - learning_rate * g, v
+ learning_rate * (momentum * v - g), v

the learning rate multiplies the old velocity too
? in v it multiplies the gradient only
- = momentum * v - learning_rate * g
+ = learning_rate * (momentum * v - g)

the velocity is neither changed nor used
? first the new v, then x moves by momentum times it, and by sgd's step
- v = momentum * v - learning_rate * g
- return x + momentum * v - learning_rate * g, v
+ return x - learning_rate * g, v

x moves by the velocity's part alone
? the gradient's own step is missing in x
- x + momentum * v - learning_rate * g, v
+ x + momentum * v, v

the velocity is returned as it came
? the next step needs the new v
- v = momentum * v - learning_rate * g
- return x + momentum * v - learning_rate * g, v
+ new = momentum * v - learning_rate * g
+ return x + momentum * new - learning_rate * g, v

the velocity is an average and not a sum
? the new gradient counts in full, without a factor 1 - momentum
- v - learning_rate * g
- return
+ v - (1 - momentum) * learning_rate * g
+ return

the velocity that is returned has looked ahead too
? only x looks ahead
- g, v
+ g, momentum * v

the old velocity does not fade
? only the part momentum of the old v goes on
- = momentum * v
+ = v

x and v are returned in the wrong order
? the new x comes first
- return x + momentum * v - learning_rate * g, v
+ return v, x + momentum * v - learning_rate * g

# adagrad

s starts at 0
= by the paper
? starts it at 0.1
- s=0.1
+ s=0

epsilon is outside the root
= in PyTorch
? has it inside
- sqrt(s + epsilon)
+ (sqrt(s) + epsilon)

only the sign of the gradient counts
? g itself is divided by the root of s
- learning_rate * g /
+ learning_rate * sign(g) /

the root is missing
? the step must not depend on the unit of g: what has the unit of g is the root of s
- sqrt(s + epsilon)
+ (s + epsilon)

the gradient is not squared
? s sums the squares of the gradients
- g**2
+ g

s sums the sizes of the gradients
? s sums their squares
- g**2
+ abs(g)

the step goes uphill
? the gradient points to where the loss grows
- x - learning_rate
+ x + learning_rate

the learning rate is not used
? it multiplies the step
- learning_rate * g
+ g

the step uses the old s
? first the new s, then the step
- s = s + g**2
- return x - learning_rate * g / sqrt(s + epsilon), s
+ return x - learning_rate * g / sqrt(s + epsilon), s + g**2

s fades, as an average does
? s is a sum and never falls
- s + g**2
+ 0.9 * s + 0.1 * g**2

s forgets its past
? the new square is added to the old s
- s + g**2
+ g**2

s is returned as it came
? the next step needs the new s
- s = s + g**2
- return x - learning_rate * g / sqrt(s + epsilon), s
+ return x - learning_rate * g / sqrt(s + g**2 + epsilon), s

the root is stored back into s
? s stays a sum of squares; the root is only for the step
- s = s + g**2
- return x - learning_rate * g / sqrt(s + epsilon), s
+ s = sqrt(s + g**2 + epsilon)
+ return x - learning_rate * g / s, s

the step is multiplied by the root
? where gradients were large the steps get shorter
- g / sqrt
+ g * sqrt

brackets are missing around what divides
? Python divides before it adds, so epsilon is added to x
- sqrt(s + epsilon)
+ sqrt(s) + epsilon

epsilon is not used, or is squared
? it is added to s under the root, as it is
- sqrt(s + epsilon)
+ sqrt(s)

epsilon is added to s itself
? only the step needs it: s is a sum of squares and nothing else
- s = s + g**2
- return x - learning_rate * g / sqrt(s + epsilon), s
+ s = s + g**2 + epsilon
+ return x - learning_rate * g / sqrt(s), s

the squares of all parameters are added up
? there is one sum for each parameter: do not add the parameters
- g**2
+ (g**2).sum()

the gradient is doubled
? a power is **
- g**2
+ g * 2

s is divided by t in the step
? that makes it a mean: what divides is the root of the sum
- sqrt(s + epsilon)
+ sqrt(s / t + epsilon)

the root is returned and not s
? the next step needs the sum of squares
- sqrt(s + epsilon), s
+ sqrt(s + epsilon), sqrt(s)

x and s are returned in the wrong order
? the new x comes first
- return x - learning_rate * g / sqrt(s + epsilon), s
+ return s, x - learning_rate * g / sqrt(s + epsilon)

^ is used for a power
? in Python ^ is the operator xor, and a power is **
- g**2
+ g^2

s is the mean of the squares
? s is their sum, which never falls
- s + g**2
+ ((t - 1) * s + g**2) / t

the gradient is missing in the step
? the root only divides: the step has the direction of g
- learning_rate * g /
+ learning_rate /

# sign_descent

the step goes uphill
? the gradient points to where the loss grows
- x - learning_rate
+ x + learning_rate

the gradient's size counts
? only its sign may count
- sign(g)
+ g

the gradient is divided by its size even where it is 0
? 0 / 0 is not a number; np.sign(0) is 0
- sign(g)
+ g / abs(g)

it moves where the gradient is 0
? there are three signs: -1, 0 and 1
- sign(g)
+ (2 * (g > 0) - 1.0)

it moves where the gradient is 0, and downwards
? there are three signs: -1, 0 and 1
- sign(g)
+ (2 * (g >= 0) - 1.0)

the step has the same sign everywhere
? where the gradient is negative, x grows
- sign(g)
+ abs(sign(g))

the learning rate is not used
? it is the length of the step
- learning_rate * sign
+ sign

it takes the sign of x
? it is the gradient that says which way is down
- sign(g)
+ sign(x)

# rmsprop

epsilon is outside the root
= in PyTorch
? has it inside
- sqrt(v + epsilon)
+ (sqrt(v) + epsilon)

rho and 1 - rho are exchanged
? the old average keeps the larger part, rho
- rho * v + (1 - rho)
+ (1 - rho) * v + rho

v is a sum, as in AdaGrad
? an average forgets: its two factors are rho and 1 - rho
- rho * v + (1 - rho) * g**2
+ v + g**2

1 - rho is forgotten
? the two factors of an average sum to 1
- (1 - rho) * g**2
+ g**2

the old average does not fade
? the two factors of an average sum to 1
- = rho * v
+ = v

v forgets its past
? a part of the old v goes on
- rho * v + (1 - rho) * g**2
+ g**2

the root is missing
? the step must not depend on the unit of g: what has the unit of g is the root of v
- sqrt(v + epsilon)
+ (v + epsilon)

the gradient is not squared
? v averages the squares of the gradients
- g**2
+ g

v averages the sizes of the gradients
? v averages their squares
- g**2
+ abs(g)

the factor is squared with the gradient
? only g is squared: ** comes before *
- (1 - rho) * g**2
+ ((1 - rho) * g) ** 2

the step goes uphill
? the gradient points to where the loss grows
- x - learning_rate
+ x + learning_rate

the learning rate is not used
? it multiplies the step
- learning_rate * g
+ g

the step is multiplied by the root
? where gradients are large the steps get shorter
- g / sqrt
+ g * sqrt

brackets are missing around what divides
? Python divides before it adds, so epsilon is added to x
- sqrt(v + epsilon)
+ sqrt(v) + epsilon

epsilon is not used
? it is added to v under the root
- sqrt(v + epsilon)
+ sqrt(v)

the step uses the old v
? first the new v, then the step
- v = rho * v + (1 - rho) * g**2
- return x - learning_rate * g / sqrt(v + epsilon), v
+ x = x - learning_rate * g / sqrt(v + epsilon)
+ v = rho * v + (1 - rho) * g**2
+ return x, v

v is returned as it came
? the next step needs the new v
- v = rho * v + (1 - rho) * g**2
- return x - learning_rate * g / sqrt(v + epsilon), v
+ new = rho * v + (1 - rho) * g**2
+ return x - learning_rate * g / sqrt(new + epsilon), v

the root is stored back into v
? v stays an average of squares; the root is only for the step
- return x - learning_rate * g / sqrt(v + epsilon), v
+ v = sqrt(v + epsilon)
+ return x - learning_rate * g / v, v

the root is taken before v is stored
? v stays an average of squares; the root is only for the step
- v = rho * v + (1 - rho) * g**2
- return x - learning_rate * g / sqrt(v + epsilon), v
+ v = sqrt(rho * v + (1 - rho) * g**2)
+ return x - learning_rate * g / (v + epsilon), v

the step is divided by the root of the newest square
? that is nearly the sign step: divide by the root of the average, v
- sqrt(v + epsilon)
+ sqrt(g**2 + epsilon)

the average is squared and not the gradient
? first square g, then take the average
- rho * v + (1 - rho) * g**2
+ (rho * v + (1 - rho) * g) ** 2

the squares of all parameters are added up
? there is one average for each parameter: do not add the parameters
- g**2
+ (g**2).sum()

the squares of all parameters are averaged
? there is one average for each parameter, over the steps and not over the parameters
- g**2
+ (g**2).mean()

only the sign of the gradient counts
? g itself is divided by the root of v
- learning_rate * g /
+ learning_rate * sign(g) /

v is corrected for its start, as in Adam
? RMSProp divides by the root of v as it is
- sqrt(v + epsilon)
+ sqrt(v / (1 - rho**t) + epsilon)

the start is corrected, and the corrected v returned
? RMSProp takes v as it is, and the next step needs it so
- v = rho * v + (1 - rho) * g**2
+ v = (rho * v + (1 - rho) * g**2) / (1 - rho**t)

brackets are missing around 1 - rho
? Python multiplies before it subtracts
- (1 - rho) * g**2
+ 1 - rho * g**2

rho is written as a number
? use the argument rho, which later cells change
- rho * v + (1 - rho) * g
+ 0.9 * v + (1 - 0.9) * g

x and v are returned in the wrong order
? the new x comes first
- return x - learning_rate * g / sqrt(v + epsilon), v
+ return v, x - learning_rate * g / sqrt(v + epsilon)

^ is used for a power
? in Python ^ is the operator xor, and a power is **
- g**2
+ g^2

# adadelta

the step is not multiplied by the learning rate
= by the paper
? multiplies the step by learning_rate as x moves
- learning_rate * step
+ step

epsilon is outside both roots
? it is added to u and to v under their roots
- -sqrt(u + epsilon) / sqrt(v + epsilon)
+ -(sqrt(u) + epsilon) / (sqrt(v) + epsilon)

epsilon is missing beside u
? u starts at 0, and without epsilon x never moves
- -sqrt(u + epsilon)
+ -sqrt(u)

the two roots are exchanged
? the step has the unit of x: past steps above, gradients below
- -sqrt(u + epsilon) / sqrt(v + epsilon)
+ -sqrt(v + epsilon) / sqrt(u + epsilon)

the roots are missing
? the root of u has the unit of x, and the root of v that of g
- -sqrt(u + epsilon) / sqrt(v + epsilon)
+ -(u + epsilon) / (v + epsilon)

the step goes uphill
? the gradient points to where the loss grows
- -sqrt(u
+ sqrt(u

the gradient is missing in the step
? the roots give a length for each unit of g
- sqrt(v + epsilon) * g
+ sqrt(v + epsilon)

the step uses the old v
? first the new v, then the step
- v = rho * v + (1 - rho) * g**2
- step = -sqrt(u + epsilon) / sqrt(v + epsilon) * g
+ step = -sqrt(u + epsilon) / sqrt(v + epsilon) * g
+ v = rho * v + (1 - rho) * g**2

v does not square the gradient
? v averages squares
- g**2
+ g

u does not square the step
? u averages squares
- step**2
+ step

u is a sum, as in AdaGrad
? u is an average: its two factors are rho and 1 - rho
- rho * u + (1 - rho) * step**2
+ u + step**2

u averages the gradients
? u averages squared steps, v squared gradients
- (1 - rho) * step**2
+ (1 - rho) * g**2

u averages steps that the learning rate has scaled
? the learning rate only counts as x moves
- (1 - rho) * step**2
+ (1 - rho) * (learning_rate * step) ** 2

1 - rho is forgotten in v
? the two factors of an average sum to 1
- (1 - rho) * g**2
+ g**2

1 - rho is forgotten in u
? the two factors of an average sum to 1
- (1 - rho) * step**2
+ step**2

v and u are returned in the wrong order
? the state is returned in the order in which it came
- step, v, u
+ step, u, v

u is returned as it came
? the next step needs the new u
- u = rho * u + (1 - rho) * step**2
- return
+ return

the step uses the new u
? first the step with the old u, then the new u
- return
+ step = -sqrt(u + epsilon) / sqrt(v + epsilon) * g
+ return

rho and 1 - rho are exchanged in v
? the old average keeps the larger part, rho
- rho * v + (1 - rho) * g**2
+ (1 - rho) * v + rho * g**2

rho and 1 - rho are exchanged in u
? the old average keeps the larger part, rho
- rho * u + (1 - rho) * step**2
+ (1 - rho) * u + rho * step**2

rho and 1 - rho are exchanged in both averages
? the old average keeps the larger part, rho
- v = rho * v + (1 - rho) * g**2
- step = -sqrt(u + epsilon) / sqrt(v + epsilon) * g
- u = rho * u + (1 - rho) * step**2
+ v = (1 - rho) * v + rho * g**2
+ step = -sqrt(u + epsilon) / sqrt(v + epsilon) * g
+ u = (1 - rho) * u + rho * step**2

v is a sum, as in AdaGrad
? an average forgets: its two factors are rho and 1 - rho
- rho * v + (1 - rho) * g**2
+ v + g**2

the root of u is missing
? u averages squares: its root has the unit of x
- -sqrt(u + epsilon)
+ -(u + epsilon)

the root of v is missing
? v averages squares: its root has the unit of g
- sqrt(v + epsilon) * g
+ (v + epsilon) * g

u averages the squares of x
? u averages squared steps
- (1 - rho) * step**2
+ (1 - rho) * x**2

epsilon is missing beside v
? where every gradient was 0, v is 0 and must not divide
- sqrt(v + epsilon)
+ sqrt(v)

it returns the step and not the new x
? the step starts at x
- return x + learning_rate
+ return learning_rate

the squares of all parameters are added up
? there is one average for each parameter: do not add the parameters
- g**2
+ (g**2).sum()

# adam

epsilon is that of Algorithm 1
= by the paper
? takes epsilon for the paper's epsilon-hat, which stands beside sqrt(v)
- epsilon / sqrt(1 - beta_2**t)
+ epsilon

the step goes uphill
? the gradient points to where the loss grows
- x - learning_rate
+ x + learning_rate

the learning rate is not used
? it multiplies the step
- learning_rate * m_hat
+ m_hat

t counts from 0
? 1 - beta**0 is 0, and t is 1 at the first step already
- m_hat = m / (1 - beta_1**t)
+ t = t - 1
+ m_hat = m / (1 - beta_1**t)

t counts from 0
? 1 - beta**0 is 0, and t is 1 at the first step already
- m_hat = m / (1 - beta_1**t)
+ t = t - 1
+ m_hat = m / (1 - beta_1**t)
- epsilon / sqrt(
+ epsilon / np.sqrt(

t counts from 2
? t is 1 at the first step already
- m_hat = m / (1 - beta_1**t)
+ t = t + 1
+ m_hat = m / (1 - beta_1**t)

beta is not raised to t
? what the start at 0 still lacks fades as beta**t, where t is the number of the step
- m_hat = m / (1 - beta_1**t)
- v_hat = v / (1 - beta_2**t)
+ m_hat = m / (1 - beta_1)
+ v_hat = v / (1 - beta_2)

t stays at 1, as if an epoch were a step
? the corrections fade as t grows, with every step
- m_hat = m / (1 - beta_1**t)
+ t = 1
+ m_hat = m / (1 - beta_1**t)

m is corrected with t - 1
? m holds t gradients after step t
- beta_1**t)
+ beta_1 ** (t - 1))

v is corrected with t - 1
? v holds t squares after step t
- v / (1 - beta_2**t)
+ v / (1 - beta_2 ** (t - 1))

brackets are missing around 1 - beta**t
? Python divides before it subtracts
- m_hat = m / (1 - beta_1**t)
- v_hat = v / (1 - beta_2**t)
+ m_hat = m / 1 - beta_1**t
+ v_hat = v / 1 - beta_2**t

1 - beta is raised to t
? the power is that of beta alone: 1 - beta**t
- m_hat = m / (1 - beta_1**t)
- v_hat = v / (1 - beta_2**t)
+ m_hat = m / (1 - beta_1) ** t
+ v_hat = v / (1 - beta_2) ** t

beta is multiplied by t
? a power is **
- m_hat = m / (1 - beta_1**t)
- v_hat = v / (1 - beta_2**t)
+ m_hat = m / (1 - beta_1 * t)
+ v_hat = v / (1 - beta_2 * t)

beta_1 is multiplied by t
? a power is **
- m / (1 - beta_1**t)
+ m / (1 - beta_1 * t)

beta_2 is multiplied by t
? a power is **
- v / (1 - beta_2**t)
+ v / (1 - beta_2 * t)

neither m nor v is corrected
? both start at 0 and are too small at first
- m_hat = m / (1 - beta_1**t)
- v_hat = v / (1 - beta_2**t)
+ m_hat = m
+ v_hat = v

m is not corrected
? m starts at 0 too and is too small at first, so the step uses m_hat
- m / (1 - beta_1**t)
+ m

v is not corrected
? v starts at 0 too and is too small at first, so the root is that of v_hat
- v / (1 - beta_2**t)
+ v

both corrections multiply
? m and v are too small at first, so divide by a number below 1
- m_hat = m / (1 - beta_1**t)
- v_hat = v / (1 - beta_2**t)
+ m_hat = m * (1 - beta_1**t)
+ v_hat = v * (1 - beta_2**t)

the correction of m multiplies
? m is too small at first, so divide by a number below 1
- m / (1 - beta_1**t)
+ m * (1 - beta_1**t)

the correction of v multiplies
? v is too small at first, so divide by a number below 1
- v / (1 - beta_2**t)
+ v * (1 - beta_2**t)

beta_2 stands in m_hat
? m averages with beta_1
- m / (1 - beta_1**t)
+ m / (1 - beta_2**t)

beta_1 stands in v_hat
? v averages with beta_2
- v / (1 - beta_2**t)
+ v / (1 - beta_1**t)

beta_1 and beta_2 are exchanged in the averages
? m averages with beta_1, v with beta_2
- m = beta_1 * m + (1 - beta_1) * g
- v = beta_2 * v + (1 - beta_2) * g**2
+ m = beta_2 * m + (1 - beta_2) * g
+ v = beta_1 * v + (1 - beta_1) * g**2

beta_1 and beta_2 are exchanged
? m averages with beta_1, v with beta_2, and so go their corrections
- m = beta_1 * m + (1 - beta_1) * g
+ beta_1, beta_2 = beta_2, beta_1
+ m = beta_1 * m + (1 - beta_1) * g

v averages with beta_1
? v has a beta of its own
- beta_2 * v + (1 - beta_2) * g**2
+ beta_1 * v + (1 - beta_1) * g**2

beta_1 and 1 - beta_1 are exchanged
? the old average keeps the larger part, beta_1
- beta_1 * m + (1 - beta_1) * g
+ (1 - beta_1) * m + beta_1 * g

beta_2 and 1 - beta_2 are exchanged
? the old average keeps the larger part, beta_2
- beta_2 * v + (1 - beta_2) * g**2
+ (1 - beta_2) * v + beta_2 * g**2

1 - beta_1 is forgotten
? the two factors of an average sum to 1
- (1 - beta_1) * g
+ g

1 - beta_2 is forgotten
? the two factors of an average sum to 1
- (1 - beta_2) * g**2
+ g**2

m goes with g and not with its past
? a part of the old m goes on
- beta_1 * m + (1 - beta_1) * g
+ (1 - beta_1) * g

the gradient is not squared
? v averages the squares of the gradients
- g**2
+ g

v averages the sizes of the gradients
? v averages their squares
- g**2
+ abs(g)

the factor is squared with the gradient
? only g is squared: ** comes before *
- (1 - beta_2) * g**2
+ ((1 - beta_2) * g) ** 2

v averages the square of m
? v averages the squares of the gradients
- (1 - beta_2) * g**2
+ (1 - beta_2) * m**2

m averages the sizes of the gradients
? m keeps their signs, so that they can cancel
- (1 - beta_1) * g
+ (1 - beta_1) * abs(g)

m averages the squared gradients
? m averages the gradients, v their squares
- (1 - beta_1) * g
+ (1 - beta_1) * g**2

the step uses g and not m_hat
? the step goes along the corrected average
- * m_hat /
+ * g /

the root is missing
? the step must not depend on the unit of g: what has the unit of g is the root of v_hat
- sqrt(v_hat)
+ v_hat

epsilon is inside the root
? it is added to the root
- sqrt(v_hat) + epsilon
+ sqrt(v_hat + epsilon)

brackets are missing around what divides
? Python divides before it adds, so epsilon is added to x
- (sqrt(v_hat) + epsilon)
+ sqrt(v_hat) + epsilon

epsilon is not used
? it is added to the root of v_hat
- (sqrt(v_hat) + epsilon)
+ sqrt(v_hat)

epsilon is 10^-8, which is -14
? in Python ^ is the operator xor; the argument epsilon has the number already
- epsilon / sqrt(1 - beta_2**t)
+ 10 ^ -8

epsilon is written as 1e-8
? use the argument epsilon, which is 1e-7 in Keras
- (sqrt(v_hat) + epsilon)
+ (sqrt(v_hat) + 1e-8)

^ is used for a power
? in Python ^ is the operator xor; a power is **, and ten to the minus eight 1e-8
- g**2
+ g^2

^ is used for beta's power
? in Python ^ is the operator xor, and a power is **
- beta_1**t
+ beta_1^t

epsilon-hat is multiplied by the root
? epsilon acts more strongly at first, so divide by a number below 1
- epsilon / sqrt(1 - beta_2**t)
+ epsilon * sqrt(1 - beta_2**t)

beta_2 below epsilon is not raised to t
? epsilon goes with v_hat, whose correction changes with every step
- epsilon / sqrt(1 - beta_2**t)
+ epsilon / sqrt(1 - beta_2)

epsilon-hat takes the correction of m too
? m_hat stands above the fraction line: what is below goes with v_hat alone
- epsilon / sqrt(1 - beta_2**t)
+ epsilon * (1 - beta_1**t) / sqrt(1 - beta_2**t)

Keras's factor is upside down
? the learning rate is multiplied by sqrt(1 - beta_2**t) and divided by 1 - beta_1**t
- m_hat = m / (1 - beta_1**t)
- v_hat = v / (1 - beta_2**t)
+ m_hat = m * (1 - beta_1**t) / sqrt(1 - beta_2**t)
+ v_hat = v
- epsilon / sqrt(1 - beta_2**t)
+ epsilon

epsilon-hat lacks a root
? v_hat is under a root, and so is its correction
- epsilon / sqrt(1 - beta_2**t)
+ epsilon / (1 - beta_2**t)

m_hat is stored back into m
? the next step needs the m that is not corrected
- epsilon), m, v
+ epsilon), m_hat, v

v_hat is stored back into v
? the next step needs the v that is not corrected
- epsilon), m, v
+ epsilon), m, v_hat

m_hat and v_hat are stored back into m and v
? the next step needs the averages that are not corrected
- epsilon), m, v
+ epsilon), m_hat, v_hat

m and v are returned in the wrong order
? the state is returned in the order in which it came
- epsilon), m, v
+ epsilon), v, m

m and v are returned as they came
? the next step needs the new m and v
- m = beta_1 * m + (1 - beta_1) * g
+ old = m, v
+ m = beta_1 * m + (1 - beta_1) * g
- epsilon), m, v
+ epsilon), *old

v goes on from m
? m and v each go on from their own past
- beta_2 * v + (1 - beta_2)
+ beta_2 * m + (1 - beta_2)

m is returned twice
? the state is m and v
- epsilon), m, v
+ epsilon), m, m

the step is multiplied by the root
? where gradients are large the steps get shorter
- m_hat / (
+ m_hat * (

it returns the step and not the new x
? the step starts at x
- return x - learning_rate * m_hat
+ return -learning_rate * m_hat

m_hat and v_hat come before m and v
? first the new m and v, then their corrections
- m = beta_1 * m + (1 - beta_1) * g
- v = beta_2 * v + (1 - beta_2) * g**2
- m_hat = m / (1 - beta_1**t)
- v_hat = v / (1 - beta_2**t)
+ m_hat = m / (1 - beta_1**t)
+ v_hat = v / (1 - beta_2**t)
+ m = beta_1 * m + (1 - beta_1) * g
+ v = beta_2 * v + (1 - beta_2) * g**2

v is corrected twice
? either v_hat, or v and a learning rate times sqrt(1 - beta_2**t), with its root
- learning_rate * m_hat
+ learning_rate * sqrt(1 - beta_2**t) * m_hat

m and v are corrected twice
? the two factors of the learning rate are for m and v themselves, not for m_hat and v_hat
- learning_rate * m_hat
+ learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t) * m_hat

beta_1 stands in the root below epsilon
? epsilon goes with v, which averages with beta_2
- epsilon / sqrt(1 - beta_2**t)
+ epsilon / sqrt(1 - beta_1**t)

the betas are written as numbers in the averages
? use the arguments beta_1 and beta_2, which later cells change
- m = beta_1 * m + (1 - beta_1) * g
- v = beta_2 * v + (1 - beta_2) * g**2
+ m = 0.9 * m + 0.1 * g
+ v = 0.999 * v + 0.001 * g**2

# new_average

the two parts are exchanged
? beta is the part of the old average that stays
- beta * average + (1 - beta) * value
+ (1 - beta) * average + beta * value

the value counts in full
? its part is 1 - beta, so that the two parts make 1 together
- (1 - beta) * value
+ value

the old average does not fade
? only the part beta of it stays
- beta * average
+ average

both get the part beta
? the two parts make 1 together
- (1 - beta) * value
+ beta * value

the old average is lost
? the part beta of it stays
- return beta * average + (1 - beta)
+ return (1 - beta)

the value is subtracted
? the two parts are added
- average + (1 - beta)
+ average - (1 - beta)

the brackets are missing
? Python multiplies before it subtracts
- (1 - beta) * value
+ 1 - beta * value

beta is written as a number
? use the argument beta, which later cells change
- beta * average + (1 - beta)
+ 0.9 * average + (1 - 0.9)

it is the plain mean of the two
? the part beta of the old average stays, and the part 1 - beta of the value comes in
- beta * average + (1 - beta) * value
+ (average + value) / 2

# central_difference

it is the difference to one side only
? one point lies at x + h and the other at x - h
- f(x - h)) / (2 * h)
+ f(x)) / h

it is the difference to the left only
? one point lies at x + h and the other at x - h
- (f(x + h) - f(x - h)) / (2 * h)
+ (f(x) - f(x - h)) / h

the second point is x
? one point lies at x + h and the other at x - h
- f(x - h)
+ f(x)

the first point is x
? one point lies at x + h and the other at x - h
- f(x + h)
+ f(x)

it divides by h
? the two points are 2 * h apart
- / (2 * h)
+ / h

the points are h / 2 to either side
? they are x + h and x - h, which are 2 * h apart
- (f(x + h) - f(x - h)) / (2 * h)
+ (f(x + h / 2) - f(x - h / 2)) / h

brackets are missing around 2 * h
? without brackets Python divides by 2 and multiplies by h
- (2 * h)
+ 2 * h

brackets are missing around the difference
? Python divides before it subtracts
- (f(x + h) - f(x - h)) /
+ f(x + h) - f(x - h) /

brackets are missing around the difference and around 2 * h
? Python divides and multiplies before it subtracts
- (f(x + h) - f(x - h)) / (2 * h)
+ f(x + h) - f(x - h) / 2 * h

the two values are added
? a slope is a change, so subtract one value from the other
- f(x + h) - f(x - h)
+ f(x + h) + f(x - h)

the two points are exchanged
? where f grows the slope is positive: take the left value from the right one
- f(x + h) - f(x - h)
+ f(x - h) - f(x + h)

the sign of the change is lost
? where f falls the slope is negative
- (f(x + h) - f(x - h))
+ abs(f(x + h) - f(x - h))

it returns f(x)
? the slope is between two points, a little to either side of x
- (f(x + h) - f(x - h)) / (2 * h)
+ f(x)

both points are the same
? one point lies at x + h and the other at x - h
- f(x - h)
+ f(x + h)

h is added to f and not to x
? f is asked at x + h and at x - h
- f(x + h) - f(x - h)
+ f(x) + h - (f(x) - h)

the difference is not divided
? a slope is the change of f for each unit of x
- (f(x + h) - f(x - h)) / (2 * h)
+ f(x + h) - f(x - h)

it divides by 2, as an average does
? the two points are 2 * h apart
- / (2 * h)
+ / 2

the difference is multiplied by 2 * h
? a slope is the change of f divided by the change of x
- / (2 * h)
+ * (2 * h)

it divides by 2 + h
? the two points are 2 * h apart
- (2 * h)
+ (2 + h)

h is written as a number
? use the argument h, which is another where it is given
- return
+ h = 1e-5
+ return

it is the second derivative
? the slope needs only the points beside x
- (f(x + h) - f(x - h)) / (2 * h)
+ (f(x + h) - 2 * f(x) + f(x - h)) / h**2

# cosine_at

the warm-up starts at 0
? the first step is number 1, and its rate is η / warmup
- learning_rate * t / warmup
+ learning_rate * (t - 1) / warmup

there is no warm-up
? up to step warmup the rate is η t / warmup
- return learning_rate * t / warmup
+ return learning_rate

it is the cosine at every step
? up to step warmup the rate is η t / warmup: there are two cases
- if t <= warmup:
+ if t < 1:

the warm-up is multiplied by the cosine
? up to step warmup the rate is η t / warmup and no more: there are two cases
- return learning_rate * t / warmup
+ done = (t - warmup) / (steps - warmup + 1)
+     return learning_rate * t / warmup * (1 + math.cos(math.pi * done)) / 2

the warm-up is multiplied by a cosine over the whole run
? up to step warmup the rate is η t / warmup and no more; there the cosine begins
- return learning_rate * t / warmup
- done = (t - warmup) / (steps - warmup + 1)
+ done = t / (steps + 1)
+     return learning_rate * t / warmup * (1 + math.cos(math.pi * done)) / 2
+ done = t / (steps + 1)

the warm-up is not divided by its length
? it reaches η at step warmup: η t / warmup
- learning_rate * t / warmup
+ learning_rate * t

the learning rate is not used in the warm-up
? it reaches η at step warmup: η t / warmup
- learning_rate * t / warmup
+ t / warmup

the learning rate is not used
? both cases are a share of it: multiply by it
- return learning_rate * t / warmup
- done = (t - warmup) / (steps - warmup + 1)
- return learning_rate * (1 + math.cos(math.pi * done)) / 2
+ return t / warmup
+ done = (t - warmup) / (steps - warmup + 1)
+ return (1 + math.cos(math.pi * done)) / 2

the cosine is counted from the start of the run
? it begins where the warm-up ends: count the steps from there
- (t - warmup) / (steps - warmup + 1)
+ t / (steps + 1)

the cosine is as long as the whole run
? it has the steps that the warm-up leaves, and one more: steps - warmup + 1
- (steps - warmup + 1)
+ (steps + 1)

it falls to 0 at the last step
? 0 comes one step later, so that the last step still moves: steps - warmup + 1
- (steps - warmup + 1)
+ (steps - warmup)

the warm-up is divided by the length of the run
? it reaches η at step warmup: η t / warmup
- learning_rate * t / warmup
+ learning_rate * t / steps

brackets are missing around t - warmup, which π multiplies
? Python multiplies and divides before it subtracts: π (t - warmup) / (steps - warmup + 1)
- math.cos(math.pi * done)
+ math.cos(math.pi * t - warmup / (steps - warmup + 1))

brackets are missing around steps - warmup + 1
? Python divides before it subtracts
- (steps - warmup + 1)
+ steps - warmup + 1

brackets are missing around t - warmup
? Python divides before it subtracts
- (t - warmup) /
+ t - warmup /

it is not halved
? 1 + cos goes from 2 to 0, and the rate from η to 0
- done)) / 2
+ done))

the cosine is not lifted
? a cosine falls from 1 to -1: add 1 and halve it
- (1 + math.cos(math.pi * done)) / 2
+ math.cos(math.pi * done)

it is a quarter of a cosine
? half a cosine, from 0 to π, falls from 1 to -1: add 1 and halve it
- (1 + math.cos(math.pi * done)) / 2
+ math.cos(math.pi * done / 2)

it is a whole cosine
? half of it falls, from 0 to π; the other half rises again
- math.pi * done
+ 2 * math.pi * done

π is missing
? done goes from 0 to 1, and the cosine's angle from 0 to π
- math.pi * done
+ done

the angle is in degrees
? the cosine takes radians: half a turn is π
- math.pi * done
+ 180 * done

it rises
? 1 + cos falls from 2 to 0
- (1 + math
+ (1 - math

it is a sine
? a sine starts at 0: the rate should start at η
- math.cos
+ math.sin

it falls in a straight line
? half a cosine from 1 to 0: 1 + cos, halved
- (1 + math.cos(math.pi * done)) / 2
+ (1 - done)

the learning rate is not used after the warm-up
? the cosine is a factor: multiply the rate by it
- return learning_rate * (1
+ return (1

# one_epoch

some samples come twice and others never
? draw one order of them all, with rng.permutation, once, before the loop
- rng.permutation(len(labels))
+ rng.integers(0, len(labels), len(labels))

each batch is drawn anew from all samples
? then some come twice in an epoch and others never: draw one order for the whole epoch
- order[i : i + batch_size]
+ rng.integers(0, len(labels), batch_size)

i counts the batches, but is used as a place
? batch number i begins at i * batch_size
- range(0, len(labels), batch_size)
+ range(len(labels) // batch_size)

batch_size is taken for the number of batches
? it is how many samples a batch has
- batches = []
+ batches, batch_size = [], -(-len(labels) // batch_size)

the last, smaller batch is left out
? the samples that do not fill a batch make a smaller one
- range(0, len(labels), batch_size)
+ range(0, len(labels) - batch_size + 1, batch_size)

the labels are not shuffled with their images
? take both by the same numbers
- labels[chosen]
+ labels[i : i + batch_size]

the images are not shuffled with their labels
? take both by the same numbers
- images[chosen]
+ images[i : i + batch_size]

images and labels are shuffled apart
? draw one order, and take both by it
- labels[chosen]
+ labels[rng.permutation(chosen)]

nothing is shuffled
? rng.permutation(n) gives the numbers 0 to n - 1 in random order
- rng.permutation(len(labels))
+ np.arange(len(labels))

the order is the same in every epoch
? draw it from the rng that is given, once in each call
- rng.permutation
+ np.random.default_rng(0).permutation

the batches overlap
? the next one begins batch_size further on
- range(0, len(labels), batch_size)
+ range(len(labels))

every batch has the same samples
? a batch begins at i
- order[i : i + batch_size]
+ order[:batch_size]

each batch has one sample only
? it goes from i to i + batch_size
- order[i : i + batch_size]
+ order[i : i + 1]

each batch has a sample too few
? a slice ends before its second number
- i + batch_size]
+ i + batch_size - 1]

only the batches are shuffled
? shuffle the samples before they are dealt, or a batch always has the same ones
- range(0, len(labels), batch_size)
+ rng.permutation(range(0, len(labels), batch_size))
- chosen = order[i : i + batch_size]
+ chosen = np.arange(len(labels))[i : i + batch_size]

the last batch is left out
? the range ends before its second number, so that must be the number of samples
- range(0, len(labels), batch_size)
+ range(0, len(labels) - batch_size, batch_size)

each batch has a sample too many
? a slice ends before its second number
- i + batch_size]
+ i + batch_size + 1]

only the first batch is returned
? return all of them, when the loop has ended
- return batches
+ return batches[:1]

only the last batch is kept
? append each to a list that is empty before the loop
- return batches
+ return batches[-1:]

the order does not come from the rng that is given
? a seed then reproduces nothing: use rng.permutation
- rng.permutation
+ np.random.permutation

the samples are shuffled inside each batch only
? every epoch then has the same batches: shuffle all samples before they are dealt
- order[i : i + batch_size]
+ i + rng.permutation(len(labels[i : i + batch_size]))

all batches have nearly the same size
? each has batch_size samples, and only the last may be smaller
- for i in range(0, len(labels), batch_size):
-     chosen = order[i : i + batch_size]
+ for chosen in np.array_split(order, -(-len(labels) // batch_size)):
"""


def _read(table):
    """The table's mistakes."""
    for section in table.split("\n# ")[1:]:
        rule, *entries = section.strip().split("\n\n")
        for entry in entries:
            name, *lines = entry.split("\n")
            marked = {mark: [i[2:] for i in lines if i[0] == mark] for mark in "?="}
            runs = re.findall(r"((?:^- .*\n)+)((?:^\+ .*\n)+)", f"{entry}\n", re.MULTILINE)
            changes = [tuple(_source(text) for text in pair) for pair in runs]
            yield Mistake(rule, name, *marked["?"], tuple(changes), "".join(marked["="]))


def _source(text):
    """Lines of a diff as they stand in a function."""
    return "\n    ".join(line[2:] for line in text.splitlines())


MISTAKES = list(_read(TABLE))


def compiled(source, rule):
    """The function that the source defines, of the rule's name and among the names that it uses."""
    module = dict(rule.__globals__)
    exec(source, module)
    return module[rule.__name__]


def wrong_rules(rule):
    """Pairs (mistake, wrong rule): each mistake in the course's rule, then in its conventions."""
    source = inspect.getsource(rule)
    known = [m for m in MISTAKES if m.rule == rule.__name__]
    for convention in [None, *(m for m in known if m.elsewhere)]:
        base = _changed(source, convention) if convention else source
        for mistake in known:
            if (wrong := _changed(base, mistake)) and mistake is not convention:
                yield mistake, compiled(wrong, rule)


def _changed(source, mistake):
    """The source with the mistake in it, or "" where there is nothing to change."""
    for right, wrong in mistake.changes:
        if right not in source:
            return ""
        source = source.replace(right, wrong)
    return source


HINTS = {
    "sgd": (
        "The gradient says which way the loss grows. Which way does x go?",
        "The step is the gradient times the learning rate, and it starts at x.",
        "A tuple of one value has a comma: (value,). The value is x minus the step.",
    ),
    "momentum": (
        "There are two lines: the new velocity, then the new x.",
        "Of the old velocity the part momentum goes on; the step of sgd is added to it.",
        "v = momentum * v - …, where … is the step of sgd. Then x moves by v.",
    ),
    "nesterov": (
        "The velocity is that of momentum. Only the line for x differs.",
        "x is the point ahead already. The ball goes by v, and the look-ahead changes from "
        "momentum times the old v to momentum times the new.",
        "x moves by momentum times the new v, and by the step of sgd.",
    ),
    "adagrad": (
        "s remembers how large the gradients of each parameter were.",
        "Add the square of g to s, which never falls. Then divide the step of sgd.",
        "The step is divided by the root of s, with epsilon under the root.",
    ),
    "sign_descent": (
        "The step has one length whatever the gradient's size.",
        "What is left of g, without its size, is 1, 0 or -1.",
        "np.sign gives it. The rest is sgd.",
    ),
    "rmsprop": (
        "AdaGrad's s only grows, so its steps die out. Let v forget.",
        "v is an average: the part rho of the old v and the part 1 - rho of the new square.",
        "The step is that of AdaGrad, with v for s.",
    ),
    "adadelta": (
        "v is that of RMSProp. A second average, u, remembers the steps.",
        "The step is g times the root of u over the root of v; epsilon is under both roots.",
        "First v, then the step with the old u, then u from the squared step. The learning rate "
        "only multiplies the step as x moves.",
    ),
    "adam": (
        "There are two averages, of g with beta_1 and of g squared with beta_2.",
        "Both start at 0, so they are too small at first. After t equal gradients g, m is "
        "(1 - beta_1**t) times g: how do you get g back?",
        "The step is m_hat over the root of v_hat plus epsilon, in brackets. m and v are returned, "
        "not m_hat and v_hat.",
        "That is Algorithm 1. Keras's step has m over the root of v plus epsilon: below the "
        "fraction line, what is the factor between its sqrt(v) and sqrt(v_hat)?",
    ),
    "new_average": (
        "The result lies between the old average and the value.",
        "Take a part of each; the two parts make 1 together.",
        "beta times the average, plus what is left, 1 - beta, times the value.",
    ),
    "central_difference": (
        "How much does f change between a point to the right of x and one to the left?",
        "The two points are x + h and x - h. How far apart are they?",
        "Divide the change by 2 * h, in brackets.",
    ),
    "cosine_at": (
        "There are two cases: up to step warmup, and after it.",
        "In the first the rate is η t / warmup. In the second, which part of the way is done? 0 at "
        "step warmup, 1 at step steps + 1.",
        "np.cos(np.pi * done) falls from 1 to -1: add 1, halve it, multiply by the learning rate.",
    ),
    "one_epoch": (
        "Shuffle the numbers of the samples, not the samples. rng.permutation(n) does it.",
        "A loop takes every batch_size-th place, range(0, n, batch_size), and from there a slice "
        "of batch_size numbers.",
        "images[chosen] and labels[chosen] take the samples with these numbers. A slice that goes "
        "beyond the end stops there, so the last batch needs no care.",
    ),
}
