"""Live pictures: a learner moves sliders, and the rules themselves run in the kernel.

exploring     explore(): rules on a surface
mapping       hyperparameter_map(): the loss over two hyperparameters, a run for each cell
averaging     average(): averages of a series
racing        race(): losses of rules on data
stepping      one_step(): the numbers of one update, by watching.py and wording.py
widget        what all share: the widget, its page (widget.js), and the contract between the two
trajectories  what exploring and mapping share
curves        what averaging, racing and exploring share
"""

from adamlib.explorers.averaging import average
from adamlib.explorers.exploring import explore
from adamlib.explorers.mapping import hyperparameter_map
from adamlib.explorers.racing import race
from adamlib.explorers.stepping import one_step

__all__ = ["average", "explore", "hyperparameter_map", "one_step", "race"]
