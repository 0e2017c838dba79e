"""What nbval holds a notebook's outputs to."""

import nbformat
import pytest

from tools import outputs


@pytest.mark.parametrize(
    ("fresh", "saved", "margin", "same"),
    [
        ("loss 0.44", "loss 0.44", None, True),
        ("loss 0.45", "loss 0.44", None, False),
        ("loss 0.45", "loss 0.44", 0.02, True),
        ("loss 0.47", "loss 0.44", 0.02, False),
        ("1,020 words", "1,001 words", 0.02, True),
        ("1,040 words", "1,001 words", 0.02, False),
        ("from -0.3 to −2", "from -0.31 to −2.01", 0.02, True),
        ("η = 0.03     loss 0.44", "η = 0.01     loss 0.44", 0.02, True),
        ("η = 0.1     loss 0.44", "η = 0.01     loss 0.44", 0.02, False),
        ("at α = 10^-2.0", "at α = 10^-1.5", 0.02, True),
        ("at α = 10^-3", "at α = 10^-1.5", 0.02, False),
        ("loss 0.44 and more", "loss 0.44", 0.02, False),
        ("loss nan", "loss 0.44", 0.02, False),
    ],
)
def test_a_number_may_differ_by_its_margin_only(fresh, saved, margin, same):
    assert (outputs.settled(fresh, saved, margin) == saved) is same


def test_the_margin_is_the_table_s(monkeypatch):
    name = "02 Adam ends below sgd"
    assert outputs.margin(["hidden", f"about: {name}"]) == 4 * outputs.CLAIMS[name].sd
    assert outputs.margin(["hidden"]) is None
    with pytest.raises(ValueError, match="about: 02 nonsense names no row"):
        outputs.margin(["about: 02 nonsense"])


def shown(kind="display_data", **data):
    data = {name.replace("_", "/"): text for name, text in data.items()}
    return nbformat.v4.new_output(kind, data=data)


def test_texts_of_every_kind_are_settled_and_pictures_left():
    fresh = [
        nbformat.v4.new_output("stream", text="0.45"),
        shown(text_plain="0.45", text_html="<b>0.45</b>", image_png="0.45"),
    ]
    saved = [
        nbformat.v4.new_output("stream", text="0.44"),
        shown(text_plain="0.44", text_html="<b>0.44</b>", image_png="0.44"),
    ]
    new = outputs.comparable(fresh, saved, 0.1, lambda text: text)
    assert new[0].text == "0.44" and fresh[0].text == "0.45"
    assert new[1].data == saved[1].data | {"image/png": "0.45"}
    assert outputs.comparable(fresh, saved[:1], 0.1, str)[1] == fresh[1]


def test_progress_bars_are_not_compared():
    bars = [
        shown(text_plain=" 67%|██████▋   | 846/1260 [00:03<00:01, 288.05it/s]"),
        shown(text_plain="<HTML>", text_html="<p>0 of 18 trainings done</p>"),
        shown(text_plain="<HTML>", text_html=""),
    ]
    kept = [shown(text_plain="67 % of all"), nbformat.v4.new_output("stream", text="")]
    assert outputs.without_bars([*bars, *kept]) == kept
