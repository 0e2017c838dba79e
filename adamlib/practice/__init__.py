"""What a learner asks of the course: is this right, what next, and what do you think?

check(function, "adam")        compare what you wrote with the course's own
hint("adam")                   one more hint
check_answer("01.slope", 4)    is this number the answer?
quiz("01.hilltop")             a question to answer before a cell is run
"""

from adamlib.practice.answers import check_answer
from adamlib.practice.judge import check, hint
from adamlib.practice.mistakes import wrong_rules
from adamlib.practice.questions import quiz

__all__ = ["check", "check_answer", "hint", "quiz", "wrong_rules"]
