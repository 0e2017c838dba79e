"""Live pictures: a learner turns knobs and drags the start, the rules themselves run in the kernel.

widget      what all share; each of the others answers settings, and has a page of its own (.js)
surface     explore() and hyperparameter_map(): trajectories on a function
"""

from adamlib.explorers.surface import explore, hyperparameter_map

__all__ = ["explore", "hyperparameter_map"]
