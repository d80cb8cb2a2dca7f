"""The recipe of the statements' reader: what is asked of joined wordings, the loss, and that it learns to read."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from sensorlm.captions.facts import DayBatch

sys.path.insert(0, str(Path(__file__).parent.parent / "recipes"))

import join
import statements
from packing import CHANNELS, HEART_AND_STEPS, LOG

NAN = float("nan")


def test_both_of_two_joined_wordings_must_hold():
    holds = torch.tensor([[0.9, 0.8], [0.9, 0.1], [NAN, 0.1], [NAN, 0.8], [NAN, NAN]])
    lesson = SimpleNamespace(holds=holds)
    found = statements.Lesson.joined_truth(lesson, torch.arange(5), torch.tensor([[0, 1]]))[:, 0]
    assert found.tolist() == pytest.approx([0.8, 0.1, 0.1, NAN, NAN], nan_ok=True)


def test_the_loss_weighs_rare_answers_as_much_and_leaves_out_the_unknown():
    scores = torch.zeros(100, 1)
    truth = torch.zeros(100, 1)
    truth[:5] = 1
    known = statements._balanced(scores, truth)
    assert known == pytest.approx(np.log(2))
    wrong_yes, wrong_no = scores.clone(), scores.clone()
    wrong_yes[:5], wrong_no[5:] = -4, 4
    assert statements._balanced(wrong_yes, truth) == pytest.approx(
        float(statements._balanced(wrong_no, truth)), rel=0.4
    )
    truth[50:] = NAN
    scores[50:] = 100
    assert statements._balanced(scores, truth) == pytest.approx(np.log(2))


def test_only_wordings_whose_own_statement_may_be_read_are_asked_for_it():
    weights = torch.tensor([[0.5, 0.5], [0.1, 0.9], [0.8, 0.2]])
    own, hidden = torch.tensor([0, -1, 1]), torch.tensor([[False, False], [False, False], [False, True]])
    assert statements._elsewhere(weights, own, hidden) == pytest.approx(np.log(2), abs=1e-4)


def test_the_reader_learns_which_statement_a_wording_is_about(monkeypatch):
    torch.manual_seed(0)
    statements_, width, each, n = 6, 24, 8, 200
    centre = torch.randn(statements_, width)
    owner = torch.arange(statements_).repeat_interleave(each)
    standing = torch.randn(n, statements_)
    features = centre[owner] + 0.3 * torch.randn(len(owner), width)
    lesson = SimpleNamespace(
        features=features, joined=features[:4], pairs=torch.zeros(4, 2, dtype=torch.long), owner=owner,
        holds=standing.mul(3).sigmoid(), standing=standing, own=torch.arange(statements_),
        same=torch.eye(statements_, dtype=torch.bool),
        scale=float(features.std(0).mean()), means=centre, joined_truth=lambda days, pairs: torch.full((64, 8), NAN),
    )  # fmt: skip
    for name, value in (("DAYS", 64), ("WORDINGS", 64), ("JOINED", 8), ("HIDDEN_SHARE", 0.0)):
        monkeypatch.setattr(statements, name, value)
    reader = statements.learn(lesson, 150, 5e-3, seed=0)
    with torch.no_grad():
        weights = reader(centre + 0.3 * torch.randn_like(centre))
    assert weights.argmax(1).tolist() == list(range(statements_))
    assert float(weights.diagonal().min()) > 0.5


def test_simulated_days_show_pulse_steps_and_sleep_and_of_some_people_all():
    batches = [DayBatch.from_days(days) for days in statements.simulated(statements.PEOPLE_FROM, 6, seed=77)]
    others = np.setdiff1d(np.arange(len(CHANNELS)), [*HEART_AND_STEPS, *LOG])
    assert all({e.kind for events in b.events for e in events} <= {"sleep"} for b in batches)
    shows = [bool(np.isfinite(b.values[:, :, others]).any()) for b in batches]
    assert not all(shows)
    again = [DayBatch.from_days(days) for days in statements.simulated(statements.PEOPLE_FROM, 6, seed=77)]
    assert all(np.array_equal(a.values, b.values, equal_nan=True) for a, b in zip(batches, again, strict=True))


def test_a_card_gets_other_results_and_keeps_the_rest():
    card = "# m\n\n## Results\n| | |\n|---|---|\n| old | 1 |\n\n## Limits\n- old limit\n"
    found = join.with_section(join.with_section(card, "Results", {"new": 0.123456789}), "Limits", ("one", "two"))
    assert found == "# m\n\n## Results\n| | |\n|---|---|\n| new | 0.123457 |\n\n## Limits\n- one\n- two\n"
