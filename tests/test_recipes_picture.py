"""The picture of how the weights came about, from the committed results and from made ones."""

import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

REPOSITORY = Path(__file__).parent.parent
sys.path.insert(0, str(REPOSITORY / "recipes"))

import picture  # noqa: E402

from sensorlm.report.style import new_figure  # noqa: E402


def test_every_run_is_a_line_that_begins_where_the_one_before_ended():
    files = picture.in_order(REPOSITORY / "recipes/results")
    assert [file.stem for file in files] == [f"metrics-{number + 1}" for number in range(len(files))]
    runs = [picture.read_rows(file) for file in files]
    axes = new_figure(5, 3).subplots()
    picture.draw_runs(axes, runs)
    curves = [line for line in axes.lines if len(line.get_xdata()) > 2]
    assert len(curves) == 2 * len(runs)
    begin = 0.0
    for number, rows in enumerate(runs):
        facts = [row["facts"] for row in rows if "facts" in row]
        line = curves[2 * number + 1]
        assert line.get_ydata().tolist() == facts
        assert begin <= line.get_xdata()[0] < line.get_xdata()[-1]
        begin += next(row["seconds"] for row in rows if row.get("phase") == "trained") / 60
        assert line.get_xdata()[-1] <= begin + 1e-3


def test_only_sizes_trained_alike_are_compared(tmp_path):
    rows = [
        {"preset": p, "balance": b, "parameters": n, "steps": 3, "auroc": {"day": a, "window": a + 0.1}}
        for p, b, n, a in (("s", "column", 4e6, 0.6), ("m", "column", 8e6, 0.7), ("s", "batch", 4e6, 0.65))
    ]
    axes = new_figure(5, 3).subplots()
    picture.draw_sizes(axes, rows)
    windows, days = axes.lines
    assert days.get_xdata().tolist() == [4.0, 8.0]
    np.testing.assert_allclose(days.get_ydata(), [0.6, 0.7])
    np.testing.assert_allclose(windows.get_ydata(), [0.7, 0.8])


def test_the_command_writes_the_picture(tmp_path, monkeypatch):
    results = REPOSITORY / "recipes/results"
    monkeypatch.setattr(sys, "argv", ["picture.py", str(results), str(tmp_path / "p.png")])
    picture.main()
    image = Image.open(io.BytesIO((tmp_path / "p.png").read_bytes()))
    assert image.size == (1210, 440)
    assert len(json.loads((results / "scaling.json").read_text())) >= 3
