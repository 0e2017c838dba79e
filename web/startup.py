"""What the Python of a browser runs before a notebook's first cell."""

import logging
import sys

from matplotlib import _afm

# A module is looked for in the notebook's folder last: that folder is the browser's storage, where
# each look takes 10 ms.
sys.path.append(sys.path.pop(0))

# Matplotlib reads all of its fonts, since it cannot keep their list. Without those for PostScript,
# which no figure has, this takes a tenth of the time, and there is nothing to complain of.
AFM, _afm.AFM = _afm.AFM, None
logging.getLogger("matplotlib.font_manager").disabled = True
import matplotlib.font_manager  # noqa: E402, F401

logging.getLogger("matplotlib.font_manager").disabled = False
_afm.AFM = AFM

del AFM, logging, matplotlib, sys, _afm  # the names here would be the learner's
