"""The two sheets beside the lessons, made from what the lessons and adamlib say.

The glossary has each term that a lesson prints in bold, with the sentence in which it does so. The
cheat sheet has the rules as equations, their defaults, the lengths of their steps, and lesson 09's
table of which optimizer to take.
"""

import ast
import inspect
import re

import jupytext
import numpy as np
from latexify.codegen.expression_codegen import ExpressionCodegen

from adamlib.conventions import CONVENTIONS
from adamlib.descent import steps_of
from adamlib.inputs import needs_whole_arrays
from adamlib.rules import RULES

TERM = re.compile(r"\*\*(?=\S)([^*]*[^*\s.:?!])\*\*")  # what ends in a stop is a heading
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z$*])")
SYMBOLS = {
    "learning_rate": r"\eta",
    "momentum": r"\mu",
    "weight_decay": r"\lambda",
    "learning_rate_power": "p",
    "l1_regularization_strength": r"\lambda_1",
    "l2_regularization_strength": r"\lambda_2",
    "l2_shrinkage_regularization_strength": r"\lambda_3",
}
GREEK = ("beta", "mu", "rho")
ADVICE = "What to do on Monday"  # the part of lesson 09 that says which optimizer to take


def sheets(sources):
    """{file name without .ipynb: the texts of its cells}"""
    return {"glossary": glossary(sources), "cheat-sheet": cheat_sheet(sources)}


# Glossary


def glossary(sources):
    entries = {}
    for source in sources:
        for heading, text in parts(source):
            for paragraph in map(in_one_line, re.split(r"\n\s*\n", text)):
                for term in [] if paragraph.startswith(">") else TERM.findall(paragraph):
                    where = f"{source.parent.name}.ipynb" + f"#{anchor(heading)}" * bool(heading)
                    link = f"[lesson {source.parent.name[:2]}]({where})"
                    entry = f"- {sentence_with(f'**{term}**', paragraph)} ({link})"
                    entries.setdefault(term.lower(), entry)
    head = "The terms of the course, each in the sentence that explains it, and where that stands."
    return [f"# Glossary\n\n{head}", "\n".join(entries[term] for term in sorted(entries))]


def parts(source):
    """Pairs (heading, text) of the numbered parts of a lesson's text, its beginning first."""
    cells = jupytext.read(source, fmt="py:percent").cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    pieces = re.split(r"^## (.+)$", text, flags=re.M)
    return [("", pieces[0]), *zip(pieces[1::2], pieces[2::2], strict=True)]


def anchor(heading):
    """The name of a heading in a link, as JupyterLab has it."""
    return heading.replace(" ", "-")


def in_one_line(paragraph):
    """A paragraph without tags and without the heading at its beginning."""
    line = " ".join(re.sub(r"<[^>]+>", " ", paragraph).split()).removeprefix("- ")
    return re.sub(r"^\*\*[^*]+[.:]\*\* ", "", line)


def sentence_with(words, paragraph):
    """The first sentence of a paragraph that has the words."""
    return next(sentence for sentence in SENTENCE.split(paragraph) if words in sentence)


# Cheat sheet


def cheat_sheet(sources):
    rules = "\n\n".join(
        f"**{name}** {first_sentence(rule)}<br>{equations(rule)}" for name, rule in RULES.items()
    )
    texts = [
        "# Cheat sheet\n\n"
        "The rules of the course, their defaults, how long their steps are, and which to take.",
        "## The rules\n\n$g$ is the gradient at $x$, and $t$ the number of the step, from 1. "
        "All works element by element where no code says otherwise.\n\n"
        f"{rules}",
        f"## Defaults\n\n{defaults()}",
        f"## How long is a step?\n\n{step_lengths()}",
    ]
    for source in sources:
        texts += [
            f"## {ADVICE}\n\n{unfolded(text).strip()}"
            for head, text in parts(source)
            if ADVICE in head
        ]
    return texts


def unfolded(text):
    """A text with what its lesson folds in, for a sheet is also printed."""
    return re.sub(r"</?details>|</?summary>", "", text)


class Letters(ast.NodeTransformer):
    """np.maximum(a, b) is max(a, b) on paper."""

    def visit_Attribute(self, node):
        return ast.Name(node.attr.replace("maximum", "max"))


def first_sentence(rule):
    paragraph = " ".join(inspect.getdoc(rule).split("\n\n")[0].split())
    return re.match(r".+?\.(?= |$)", paragraph)[0]


def equations(rule):
    """The rule's lines as LaTeX, in its order, x last; as code where it takes arrays whole."""
    function = ast.parse(inspect.getsource(rule)).body[0]
    if needs_whole_arrays(rule):
        return "\n\n```python\n" + "\n".join(map(ast.unparse, function.body[1:])) + "\n```"
    lines, after = [], ""
    for line in function.body[1:]:  # after its docstring
        if isinstance(line, ast.Assign):
            lines.append((line.targets[0], line.value))
        elif isinstance(line.value, ast.Tuple):
            lines.append((ast.Name("x"), line.value.elts[0]))
        else:  # it hands on to another rule
            after = f" &emsp; then {line.value.func.id}"
    return " &emsp; ".join(rf"${latex(a)} \leftarrow {latex(b)}$" for a, b in lines) + after


def latex(node):
    text = ExpressionCodegen(use_math_symbols=True).visit(Letters().visit(node))
    text = re.sub(r"\\math(?:open|close)\{\}", "", text)
    text = re.sub(r" \\cdot (?!\d)", r"\\, ", text)
    text = text.replace(r"\left|", r"\lvert").replace(r"\right|", r"\rvert")  # | parts a table
    return re.sub(r"\\mathrm\{((?:\w|\\_)+)\}", lambda name: symbol(name[1]), text)


def symbol(name):
    """A name of a rule as a letter: beta_1 is β with index 1, m_hat is m with a hat."""
    name = name.replace("\\", "")
    if name in SYMBOLS:
        return SYMBOLS[name]
    letter, _, index = name.partition("_")
    if letter in GREEK:
        letter = f"\\{letter}"
    elif len(letter) > 1:
        letter = rf"\mathrm{{{letter}}}"
    if index == "hat":
        return rf"\hat {letter}"
    if index.isdigit():
        return f"{letter}_{index}"
    return rf"{letter}_{{\mathrm{{{index}}}}}" if index else letter


def defaults():
    """A table in Markdown: each rule's defaults and last step in its paper, Keras and PyTorch.

    Of Lion PyTorch has none.
    """
    rows = ["| rule | its paper | Keras | PyTorch |", "| --- | --- | --- | --- |"]
    for name, (paper, *others) in CONVENTIONS.items():
        known = {row.library: row for row in others}
        cells = [
            f"{row.in_letters}<br>{row.step}".removeprefix("<br>") if row else "none"
            for row in (paper, known["Keras"], known.get("PyTorch"))
        ]
        rows.append(f"| **{name}** | {' | '.join(cells)} |")
    return "\n".join(rows)


def step_lengths():
    """A table in Markdown: how far a step goes, in units of η, with Keras's defaults."""
    noise = np.random.default_rng(0).standard_normal((300, 1000))
    rows = [
        "| rule | first step, g = 1 | step 100, all g = 1 | first step, g = 1000 | pure noise "
        "| after 1,000 zeros |"
    ]
    rows += ["| --- | --- | --- | --- | --- | --- |"]
    for name in ("sgd", "momentum", "adagrad", "sign_descent", "rmsprop", "adam"):
        rule = RULES[name]
        steady = steps_of(rule, np.ones(100))
        lengths = [
            steady[0],
            steady[-1],
            steps_of(rule, np.full(1, 1e3))[0],
            np.sqrt((steps_of(rule, noise)[100:] ** 2).mean()),
            steps_of(rule, np.append(np.zeros(1000), 1.0))[-1],
        ]
        rows.append(f"| {name} | {' | '.join(f'{length:.3g}' for length in lengths)} |")
    return (
        "In units of $\\eta$, with Keras's defaults. Pure noise has mean 0 and standard deviation "
        "1; its column is the root mean square of steps 101 to 300.\n\n" + "\n".join(rows)
    )
