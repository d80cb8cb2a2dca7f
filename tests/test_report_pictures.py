"""Every picture decodes, has a sane size, and shows what it was given: checked through pixels and through the parts."""

import datetime as dt
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from quality_people import made_person
from sklearn.metrics import auc

from sensorlm.channels import CHANNEL_SETS
from sensorlm.quality import check
from sensorlm.records import Caption, DayMatrix, Event, Fact, Quantity
from sensorlm.report.links import Sentence, sentences, spans
from sensorlm.report.pictures import (
    Bar,
    bar_picture,
    confusion_picture,
    day_picture,
    loss_curve_picture,
    quality_picture,
    reliability_picture,
    roc_picture,
)
from sensorlm.report.style import MISSING, clock, shorten

SET = CHANNEL_SETS["sensorlm-34"]


def faults(data: bytes) -> list[str]:
    """What is wrong with a picture; a picture in a page stays small, has a sane size and is no empty sheet."""
    with Image.open(BytesIO(data)) as image:
        kind, pixels = image.format, np.asarray(image.convert("RGB"))
    height, width, _ = pixels.shape
    kept = {
        f"{len(data)} bytes": len(data) < 300_000,
        f"a {kind}": kind == "PNG",
        f"{width} wide": 300 <= width <= 1600,
        f"{height} high": 150 <= height <= 2400,
        "an empty sheet": len(np.unique(pixels @ np.array([65536, 256, 1]))) > 5,
    }
    return [what for what, good in kept.items() if not good]


def decode(data: bytes) -> np.ndarray:
    assert faults(data) == []
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def share_of(pixels: np.ndarray, colour: str, tolerance: int = 12) -> float:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return float((np.abs(pixels.astype(int) - rgb).max(axis=2) <= tolerance).mean())


def made_day(keys=SET.keys, recorded=SET.keys, **more) -> DayMatrix:
    rng = np.random.default_rng(0)
    values = np.full((1440, len(keys)), np.nan, np.float32)
    for i, key in enumerate(keys):
        if key in recorded:
            values[:, i] = np.clip(rng.normal(SET[key].mean, SET[key].std, 1440), SET[key].low, SET[key].high)
    return DayMatrix(
        values=values, observed=np.isfinite(values), channel_keys=tuple(keys), person="ä <b>", dataset="made",
        date=dt.date(2024, 3, 31), **more,
    )  # fmt: skip


def fact(subject="HR", start=600, end=780, stated=()) -> Fact:
    return Fact(
        kind="mean",
        quantity=Quantity(statistic="mean", subject=subject, start=start, end=end),
        low=0,
        high=1,
        stated=stated,
    )


def test_a_day_without_any_value_is_all_missing():
    pixels = decode(day_picture(made_day(recorded=()), None, SET))
    assert share_of(pixels, MISSING) > 0.25
    assert share_of(decode(day_picture(made_day(), None, SET)), MISSING) < 0.1


def test_all_channels_or_only_the_recorded_ones_are_shown():
    whole = decode(day_picture(made_day(), None, SET))
    three = decode(day_picture(made_day(recorded=("HR", "steps", "spo2")), None, SET))
    assert whole.shape[0] > 2 * three.shape[0]


def test_facts_are_marked_where_they_lie():
    day = made_day(recorded=("HR", "steps"))
    caption = Caption(key="short", text="Heart rate rose.", facts=(fact(start=720, end=1080),))
    plain = decode(day_picture(day, [Caption(key="short", text="Heart rate rose.")], SET)).astype(int)
    marked = decode(day_picture(day, [caption], SET)).astype(int)
    assert plain.shape == marked.shape
    # The palettes of the two files differ a little; a box differs a lot.
    changed = np.abs(plain - marked).max(axis=2) > 80
    left = 2.35 * 110  # pixels: the axes' place in the figure, see day.LEFT, RIGHT and style.DPI
    width = (12.0 - 2.35 - 1.75) * 110
    columns = (np.flatnonzero(changed.sum(axis=0) > 25) - left) / width * 1440
    assert columns.min() == pytest.approx(720, abs=12)
    assert columns.max() == pytest.approx(1080, abs=12)


def test_events_hostile_names_many_captions_and_a_short_day_are_drawn():
    events = (
        Event(kind="sleep", label="Asleep", start=-60, end=400),
        Event(kind="sleep", label="Asleep", start=100, end=130, stage="awake"),
        Event(kind="activity", label="Running $x_1$ <script>", start=1000, end=1002),
        Event(kind="activity", label="Running", start=1001, end=1300),
        Event(kind="mood", label="calm", start=1380, end=1500),
        Event(kind="mood", label="tomorrow", start=1500, end=1510),
    )
    facts = (
        fact("event:sleep"),
        fact("event:activity:Running"),
        fact("event:mood"),
        fact("steps", 0, 1440),
        fact("none"),
    )
    captions = [Caption(key="short", text=f"Sentence {i} about 50 % & $y^2$. " * 3, facts=facts) for i in range(9)]
    crowded = made_day(recorded=("steps",), events=events, minutes_in_day=1380)
    assert faults(day_picture(crowded, captions, SET)) == []
    assert faults(day_picture(made_day(keys=("HR",)), [Caption(key="short", text="")], SET)) == []


def test_facts_go_to_the_sentence_that_states_them():
    text = "Heart rate averaged 71.2 bpm. It peaked at 18:20 with 134 bpm. There were 9841 steps."
    mean = fact(stated=(("mean", 71.2, "bpm"),))
    peak = fact(stated=(("start", 1100, "minute"), ("max", 134, "bpm")))
    steps = fact("steps", stated=(("total", 9841, "steps"),))
    vague = fact("steps")
    found = sentences(
        [Caption(key="short", text=text, facts=(steps, peak, mean, vague)), Caption(key="short", text="Quiet.")],
        {"HR": "heart rate", "steps": "steps"},
    )
    assert [s.number for s in found] == [1, 2, 3, 4]
    assert [s.facts for s in found] == [(mean,), (peak,), (steps, vague), ()]
    assert found[3].text == "Quiet."


def test_clock_times_and_thousands_are_read_as_people_write_them():
    text = "It rose until 6:20 pm. At 12:05 AM it was 9,898. By 0:40 it fell."
    facts = tuple(fact(stated=(("x", value, ""),)) for value in (1100, 5, 40, 9898))
    found = sentences([Caption(key="short", text=text, facts=facts)], {})
    assert [s.facts for s in found] == [facts[:1], (facts[1], facts[3]), (facts[2],)]


def test_windows_of_one_subject_that_touch_are_marked_once():
    facts = (fact(start=480, end=720), fact(start=480, end=520), fact(start=720, end=740), fact("steps"))
    assert spans(Sentence(1, "", facts)) == [("HR", 480, 740), ("steps", 600, 780)]


def test_the_quality_picture_shows_coverage_and_findings():
    sound = made_person(15)
    assert faults(quality_picture(check([sound], SET))) == []
    rolled = sound.columns | {"HR": np.roll(sound.columns["HR"], 300)}
    broken = type(sound)(**{f: getattr(sound, f) for f in sound.__slots__} | {"columns": rolled})
    vermillion = "#D55E00"
    assert share_of(decode(quality_picture(check([broken], SET))), vermillion) > 0.0005
    assert share_of(decode(quality_picture(check([sound], SET))), vermillion) < 0.0005
    assert faults(quality_picture(check([], SET))) == []


def test_the_quality_picture_of_many_channels_stays_on_the_sheet():
    n = 1440
    columns = {c.key: np.full(n, c.mean, np.float32) for c in SET.channels}
    table = made_person(1)
    wide = type(table)(**{f: getattr(table, f) for f in table.__slots__} | {"columns": columns})
    assert faults(quality_picture(check([wide], SET))) == []


@pytest.mark.parametrize("steps", [0, 1, 5, 400])
def test_loss_curves_of_any_length(steps):
    rng = np.random.default_rng(0)
    rows = [
        {"step": i, "loss": 3 / (i + 1) + rng.random()} | ({"val_loss": 2.0} if i % 9 == 0 else {})
        for i in range(steps)
    ]
    odd = [{"step": steps, "loss": float("nan")}, {"note": "no loss here"}]
    assert faults(loss_curve_picture([*rows, *odd])) == []
    if not steps:
        assert faults(loss_curve_picture([])) == []


def test_bars_show_value_chance_and_baseline():
    bars = [
        Bar(label="zero-shot", value=0.8, chance=0.5, baseline=0.82),
        Bar(label="a label that is much too long for its place in the picture", value=1.0),
        Bar(label="nothing", value=0.0, chance=0.05, baseline=0.6),
    ]
    pixels = decode(bar_picture(bars, title="t", unit="AUROC (fraction)"))
    assert share_of(pixels, "#0072B2") > 0.03
    assert share_of(decode(bar_picture([bars[1]], title="t", unit="u")), "#D55E00", 5) == 0
    assert faults(bar_picture([], title="t", unit="u")) == []


def test_roc_confusion_and_reliability_are_drawn():
    fpr, tpr = np.array([0, 0.1, 0.4, 1]), np.array([0, 0.7, 0.9, 1])
    assert faults(roc_picture({"model": (fpr, tpr)})) == []
    # The area in the legend is the trapezoid rule, the same as scikit-learn's.
    assert ((fpr[1:] - fpr[:-1]) * (tpr[1:] + tpr[:-1]) / 2).sum() == pytest.approx(auc(fpr, tpr))
    for k in (2, 13):
        assert faults(confusion_picture(np.eye(k) * 5, [f"class number {i}" for i in range(k)])) == []
    rng = np.random.default_rng(0)
    p = rng.random(300)
    assert faults(reliability_picture(p, rng.random(300) < p)) == []
    assert faults(reliability_picture([1.0], [1])) == []


def test_a_bad_picture_is_seen_as_one():
    sheet = BytesIO()
    Image.new("RGB", (200, 100)).save(sheet, "JPEG")
    assert faults(sheet.getvalue()) == ["a JPEG", "200 wide", "100 high", "an empty sheet"]


def test_words_and_clock_times():
    assert (clock(0), clock(1390), clock(1440)) == ("00:00", "23:10", "24:00")
    assert shorten("one two three", 9) == "one two…"
    assert shorten("short", 9) == "short"


def test_pictures_touch_no_global_state_of_matplotlib():
    import subprocess
    import sys

    code = (
        "import sys; import sensorlm.report.pictures as p; p.loss_curve_picture([{'step': 1, 'loss': 2.0}]); "
        "print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(run.stdout.split())
    assert "sensorlm.report.pictures" in loaded
    assert not loaded & {"matplotlib.pyplot", "torch"}
