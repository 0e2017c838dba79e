"""Record what Keras computes in lessons 01 to 07: writes adamlib/keras_runs.npz.

python -m tools.record_keras

Runs the solutions, all cells but the last of each, with TensorFlow. Wherever the tests run them,
recorded_keras.hold compares what Keras computes then with the record.
"""

from nbformat.v4 import new_code_cell

from tools import notebooks

LESSONS = ("01", "02", "03", "04", "05", "06", "07")
BEGIN = "from adamlib import recorded_keras\nrecorded_keras.taken = []"
END = """from adamlib.keras_check import keras, signature, tf
kinds = [getattr(keras.optimizers, name)
         for name in ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "Adamax", "Nadam")]
kinds.append(keras.optimizers.schedules.CosineDecay)
recorded_keras.save({kind.__name__: signature(kind) for kind in kinds},
                    keras=keras.__version__, tensorflow=tf.__version__)"""


def cells(source):
    """The code of a solution, without the last cell, which holds the text to its numbers."""
    _, solution = notebooks.read(source)
    return [new_code_cell(cell.source) for cell in notebooks.code(solution)[:-1]]


def main():
    lessons = [cell for number in LESSONS for cell in cells(*notebooks.sources(number))]
    book = notebooks.notebook([new_code_cell(BEGIN), *lessons, new_code_cell(END)])
    notebooks.execute(book, "lessons 01 to 07")


if __name__ == "__main__":
    main()
