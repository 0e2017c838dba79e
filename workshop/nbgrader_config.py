"""Settings of nbgrader for a lesson of this course, in the folder that course.py release made.

The learners' copy of this file, in ~/.jupyter, is the same.
"""

import os

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "adam"
# With one system user for all, as on the hub of the trial, learners are known by their hub's name.
c.CourseDirectory.student_id = os.environ.get("JUPYTERHUB_USER", "*")

# The lesson has no solution in it: nbgrader's ClearSolutions would take its stubs away.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
]
# A cell with points that a learner has deleted is put back, and is worth what its checks said.
c.OverwriteCells.add_missing_cells = True
# Seconds for one cell; the longest trainings of a lesson take half a minute. Then the next runs.
c.Execute.timeout = 120
