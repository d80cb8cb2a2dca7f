"""Plain-language questions: readings against loops, answers by hand, and scores that chance and truth bound."""

import numpy as np
import pytest
from tasks_fakes import made_day

from sensorlm.records import Event
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_list import QUESTIONS
from sensorlm.tasks.questions import answers, both, question_auroc


def ask(name, day):
    question = next(q for q in QUESTIONS if q.name == name)
    return question.asks(DayView(day))


def test_there_are_forty_questions_of_several_wordings_and_no_wording_twice():
    wordings = [w for q in QUESTIONS for w in q.wordings]
    assert len(QUESTIONS) >= 40
    assert min(len(q.wordings) for q in QUESTIONS) >= 3
    assert len(wordings) == len(set(wordings))
    names = {q.name for q in QUESTIONS}
    assert len(names) == len(QUESTIONS)
    assert {q.opposite for q in QUESTIONS if q.opposite} <= names


def test_answers_by_hand():
    steps = np.zeros(1440, np.float32)
    steps[1050:1080] = 100
    night = Event(kind="sleep", label="Asleep", start=-60, end=400)
    day = made_day(steps=steps, events=[night, Event(kind="sleep", label="Awake", stage="awake", start=100, end=200)])
    assert ask("evening walk", day) is True
    assert ask("morning walk", day) is False
    assert ask("couch day", day) is True
    assert ask("restless night", day) is True
    assert ask("short night", day) is False
    assert ask("heart pounding", day) is None
    assert ask("lie-in", made_day(steps=steps, logged=())) is None
    assert ask("off at night", made_day(steps=np.where(np.arange(1440) < 300, np.nan, 1))) is True


def test_three_valued_and():
    assert both(True, None) is None
    assert both(False, None) is False
    assert both(True, True) is True


@pytest.mark.parametrize("seed", range(5))
def test_runs_equal_loops(seed):
    generator = np.random.default_rng(seed)
    steps = generator.choice([0.0, 0.0, 100.0], 1440).astype(np.float32)
    view = DayView(made_day(steps=steps))

    def longest(flags, gap):
        best = start = 0
        last = None
        for i, f in enumerate(flags):
            if f:
                if last is None or i - last - 1 > gap:
                    start = i
                last = i
                best = max(best, i - start + 1)
        return best

    assert view.longest_run(60) == longest(steps >= 60, 2)
    assert view.longest_still(480, 1320) == longest(steps[480:1320] == 0, 0)


def test_unknown_days_are_left_out_and_truth_scores_one():
    class Oracle:
        dim, logit_scale, logit_bias, name = 2, 1.0, 0.0, "oracle"

        def embed_texts(self, texts):
            return np.tile(np.array([[1, 0]], np.float32), (len(texts), 1))

        def embed_days(self, days, window=None):
            raise AssertionError

    question = next(q for q in QUESTIONS if q.name == "couch day")
    truth = np.array([[1]] * 12 + [[-1]] * 12 + [[0]] * 5, np.int8)
    vectors = np.zeros((29, 2), np.float32)
    vectors[:12, 0] = 1
    vectors[24:, 0] = 5
    result = question_auroc(Oracle(), [question], truth, vectors)
    assert result["averaged"] == 1
    assert result["per_question"]["couch day"]["yes"] == 12
    assert question_auroc(Oracle(), [question], truth[:3], vectors[:3])["unscored"] == ["couch day"]


def test_answers_have_one_row_a_day():
    assert answers(QUESTIONS, [made_day(), made_day(steps=1.0)]).shape == (2, len(QUESTIONS))


def test_no_days_have_no_answers():
    assert answers(QUESTIONS, []).shape == (0, len(QUESTIONS))
