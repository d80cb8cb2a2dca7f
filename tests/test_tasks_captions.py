"""Text metrics against hand-worked values and loops; the fact score on captions that are true, false and foreign."""

import math

import numpy as np
import pytest
from tasks_fakes import CHANNELS, PulseEmbedder, plain_day

from sensorlm.captions import generate_captions
from sensorlm.errors import SensorLMError
from sensorlm.tasks.caption_facts import fact_score
from sensorlm.tasks.text_metrics import bleu, embedding_score, meteor_like, rouge_l, words


def test_words_keep_numbers_whole():
    assert words("Mean 72.4 bpm, at 10:30.") == ["mean", "72.4", "bpm", "at", "10:30"]


def test_bleu_by_hand():
    assert bleu(["a b c d e"], [["a b c d e"]]) == pytest.approx(1)
    # Papineni's example: "the" seven times is clipped to two.
    assert bleu(["the the the the the the the"], [["the cat is on the mat"]], order=1) == pytest.approx(2 / 7)
    # 4 of 5 words, 3 of 4 pairs, 2 of 3 triples, 1 of 2 fours; one word shorter than the reference.
    expected = math.exp(1 - 6 / 5) * (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25
    assert bleu(["a b c d x"], [["a b c d e f"]]) == pytest.approx(expected)
    assert bleu(["x y"], [["a b"]]) == 0


def test_rouge_equals_a_recursion():
    def longest(a, b):
        if not a or not b:
            return 0
        if a[-1] == b[-1]:
            return 1 + longest(a[:-1], b[:-1])
        return max(longest(a[:-1], b), longest(a, b[:-1]))

    rng = np.random.default_rng(0)
    for _ in range(10):
        a, b = ([str(w) for w in rng.integers(0, 4, 6)] for _ in range(2))
        common = longest(a, b)
        expected = 2 * common / 12
        assert rouge_l([" ".join(a)], [[" ".join(b)]]) == pytest.approx(expected)
    assert rouge_l(["a b"], [["x"], ]) == 0  # fmt: skip


def test_meteor_by_hand():
    # All 3 words in one chunk: F = 1, penalty 0.5 * (1/3)^3.
    assert meteor_like(["the person walked"], [["the person walked"]]) == pytest.approx(1 - 0.5 / 27)
    # Stems match: walks, walked.
    assert meteor_like(["she walks"], [["she walked"]]) == pytest.approx(1 - 0.5 / 8)
    # Order turned round: 2 matches in 2 chunks.
    assert meteor_like(["b a"], [["a b"]]) == pytest.approx(0.5)
    assert meteor_like(["x"], [["a"]]) == 0
    # P = 2/4, R = 2/2: F = 10PR / (R + 9P) = 5/5.5; one chunk of two.
    assert meteor_like(["a b x y"], [["a b"]]) == pytest.approx((5 / 5.5) * (1 - 0.5 / 8))


def test_the_embedding_score_stands_beside_other_days():
    found = embedding_score(PulseEmbedder(), ["slept: sleep", "awake"], ["sleep", "up"])
    assert found == {"cosine": pytest.approx(1), "cosine_of_other_days": pytest.approx(0)}
    with pytest.raises(SensorLMError, match="at least one"):
        bleu([], [])
    with pytest.raises(SensorLMError, match="one reference"):
        rouge_l(["a"], [[]])


def test_true_captions_state_true_facts_and_foreign_ones_do_not():
    days = []
    for i in range(4):
        day = plain_day(i)
        values = day.values.copy()
        values[:, CHANNELS.index("HR")] += 12 * i
        values[:, CHANNELS.index("steps")] *= 1 + i
        days.append(type(day)(**{f: getattr(day, f) for f in day.__slots__} | {"values": values}))
    made = generate_captions(days, ["low_level_caption"], 0)
    texts = [m["low_level_caption"].text for m in made]
    own = fact_score(texts, days, CHANNELS)
    assert own["true_share"] == 1
    assert own["stated"] == sum(len(m["low_level_caption"].facts) for m in made)
    assert own["understood_share"] == 1
    assert own["true_share_of_other_days"] < 0.5
    wrong = fact_score(texts, days[1:] + days[:1], CHANNELS)
    assert wrong["true_share"] < 0.5
    nonsense = fact_score(["Bananas are blue."], days[:1], CHANNELS)
    assert nonsense["stated"] == 0
    assert nonsense["understood_share"] == 0
    assert math.isnan(nonsense["true_share"])
    with pytest.raises(SensorLMError, match="one caption a day"):
        fact_score(["a"], days, CHANNELS)
