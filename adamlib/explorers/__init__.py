"""Live pictures: a learner turns knobs and drags the start, the rules themselves run in the kernel.

widget      what all share; each of the others answers settings, and has a page of its own (.js)
surface     explore() and hyperparameter_map(): trajectories on a function
chart       average() and race(): curves over steps
arithmetic  one_step(): the numbers of one update
"""

from adamlib.explorers.arithmetic import one_step
from adamlib.explorers.chart import average, race
from adamlib.explorers.surface import explore, hyperparameter_map

__all__ = ["average", "explore", "hyperparameter_map", "one_step", "race"]
