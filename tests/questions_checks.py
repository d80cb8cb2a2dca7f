"""What every list of questions must keep, whoever wrote it."""

import re

from sensorlm.captions.composed import composed_statements
from sensorlm.captions.predicates import DAY_PREDICATES, WINDOW_PREDICATES
from sensorlm.tasks.questions import answers


def plain(text):
    """Letters, figures and single spaces only."""
    return " ".join(re.sub(r"[^a-z0-9 ]", "", text.lower()).split())


def taught_words():
    """Everything a model may have been taught, written and composed."""
    composed = [p for part in composed_statements() for p in part]
    return {plain(w) for p in (*DAY_PREDICATES, *WINDOW_PREDICATES, *composed) for w in p.wordings}


def assert_asked_in_words_of_its_own(questions):
    taught = taught_words()
    assert not {w for q in questions for w in q.wordings if plain(w) in taught}


def assert_opposites_part(questions, days):
    """No two opposites are true of one day."""
    truth = answers(questions, days)
    place = {question.name: j for j, question in enumerate(questions)}
    for question in questions:
        if question.opposite:
            one, two = truth[:, place[question.name]], truth[:, place[question.opposite]]
            assert not ((one == 1) & (two == 1)).any(), question.name
