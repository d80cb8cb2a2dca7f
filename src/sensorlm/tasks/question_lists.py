"""Every list of plain-language questions by the name its results have: each is by another hand, in order of writing.

Lists are scored apart. Kinds of statements were taught knowing how the older lists had gone, so the last is the one
that tells how a model fares with what somebody new asks.
"""

from collections.abc import Mapping

from sensorlm.tasks.question_list import QUESTIONS
from sensorlm.tasks.question_list_fifth import QUESTIONS_FIFTH
from sensorlm.tasks.question_list_fourth import QUESTIONS_FOURTH
from sensorlm.tasks.question_list_second import QUESTIONS_SECOND
from sensorlm.tasks.question_list_seventh import QUESTIONS_SEVENTH
from sensorlm.tasks.question_list_sixth import QUESTIONS_SIXTH
from sensorlm.tasks.question_list_third import QUESTIONS_THIRD
from sensorlm.tasks.question_task import FIRST_HAND, SECOND_HAND
from sensorlm.tasks.questions import Question

QUESTION_LISTS: Mapping[str, tuple[Question, ...]] = {
    FIRST_HAND: QUESTIONS,
    SECOND_HAND: QUESTIONS_SECOND,
    "everyday questions, a third hand": QUESTIONS_THIRD,
    "everyday questions, a fourth hand": QUESTIONS_FOURTH,
    "everyday questions, a fifth hand": QUESTIONS_FIFTH,
    "everyday questions, a sixth hand": QUESTIONS_SIXTH,
    "everyday questions, a seventh hand": QUESTIONS_SEVENTH,
}
