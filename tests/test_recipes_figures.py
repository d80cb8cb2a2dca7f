"""The recipe of the figures' reader: which figures a number may be, and that it learns to tell by its token."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from sensorlm.captions.figures import WrittenNumber, numbers_in

sys.path.insert(0, str(Path(__file__).parent.parent / "recipes"))

import figures

NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("7.5", 7.549, 7.56),
        ("0.25", 0.2549, 0.26),
        ("62", 62.5, 62.6),
        ("10,735", 10790, 10810),
        ("11,000", 11500, 11600),
    ],
)
def test_a_number_may_be_a_figure_as_far_as_it_is_written_out_or_rounded(text, near, far):
    number = numbers_in(text)[0]
    assert abs(number.value - near) <= figures.tolerance(number) < abs(number.value - far)


def test_a_number_may_be_every_figure_of_its_value_or_none(monkeypatch):
    of_days = np.array([[7.52, 7.5, NAN], [100.0, 3.0, 62.2]], np.float32)
    read = {
        "a": ([WrittenNumber(0, 7.5, 0.05), WrittenNumber(4, 9.0, 0.5)], torch.tensor([[1.0], [2.0]])),
        "b": ([WrittenNumber(0, 62.0, 0.5)], torch.tensor([[3.0]])),
        "c": ([], torch.empty(0, 1)),
    }
    monkeypatch.setattr(figures, "number_tokens", lambda _, texts: [read[text] for text in texts])
    tokens, may_be = figures.lesson(None, [("a", "c"), ("b", "b")], of_days)
    assert tokens[:, 0].tolist() == [1, 2, 3, 3]
    wanted = [[1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 0, 1, 0]]
    assert may_be.int().tolist() == wanted


def test_the_reader_learns_by_the_token_though_numbers_agree_by_chance():
    torch.manual_seed(0)
    figures_, width, n = 5, 16, 3000
    centre = torch.randn(figures_ + 1, width)
    kind = torch.randint(figures_ + 1, (n,))
    may_be = torch.rand(n, figures_ + 1) < 0.1  # by chance
    may_be[:, -1] = False
    rows = kind < figures_
    may_be[rows, kind[rows]] = True
    may_be[:, -1] = ~may_be.any(1)
    tokens = 7 * (centre[kind] + 0.2 * torch.randn(n, width))
    reader = figures.learn(tokens, may_be, 200, 5e-3, seed=0)
    with torch.inference_mode():
        shares = reader(7 * centre)
    assert shares.shape == (figures_ + 1, figures_)
    assert shares[:-1].argmax(1).tolist() == list(range(figures_))
    assert float(shares[:-1].diagonal().min()) > 0.8
    assert float(shares[-1].sum()) < 0.5
