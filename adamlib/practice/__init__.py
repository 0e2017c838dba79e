"""What a learner asks of the course: is this right, what next, and what do you think?

check(function, "adam")        compare what you wrote with the course's own
hint("adam")                   one more hint
check_answer("01.slope", 4)    is this number the answer?
quiz("01.hilltop")             a question to answer before a cell is run
progress("01")                 which exercises of a lesson are solved
send_progress()                let the board of a class count them, without a name
verdicts()                     what was said last of each, by which a lesson is graded
what_is(optimizer)             what an optimizer of your own equals, or which mistake it has
speak("de")                    quizzes, checks and hints in German, as far as they are translated
start_again("01", 3)           an exercise, or start_again("01") a lesson, as it was at first

What a lesson asks is declared beside its source, in practice.py, by Number, Judged, Question with
its Right choice, and Function.
"""

from adamlib.practice.exercises import progress, send_progress, start_again, verdicts
from adamlib.practice.identify import what_is
from adamlib.practice.judge import check, hint
from adamlib.practice.judge_function import Function
from adamlib.practice.judge_number import Judged, Number, check_answer
from adamlib.practice.language import speak
from adamlib.practice.mistakes import wrong_rules
from adamlib.practice.questions import Question, Right, quiz
from adamlib.practice.verdict import Refused, described

__all__ = ["check", "check_answer", "hint", "progress", "quiz", "start_again", "what_is"]
__all__ += ["send_progress", "speak"]
__all__ += ["Function", "Judged", "Number", "Question", "Refused", "Right", "described"]
__all__ += ["verdicts", "wrong_rules"]
