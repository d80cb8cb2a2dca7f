"""The second list of questions: every predicate on days made by hand, its readings with data missing, its report."""

from dataclasses import replace

import numpy as np
import pytest
from questions_checks import assert_asked_in_words_of_its_own
from tasks_fakes import CHANNELS, BlindEmbedder, PulseEmbedder, made_day, plain_day

from sensorlm.cli.evaluate_data import EvaluationData
from sensorlm.cli.evaluate_page import rows_of
from sensorlm.cli.evaluate_run import LOG_SHOWN, Run
from sensorlm.records import Event
from sensorlm.tasks import question_readings as readings
from sensorlm.tasks.day_view import DayView
from sensorlm.tasks.question_list import QUESTIONS
from sensorlm.tasks.question_list_second import QUESTIONS_SECOND
from sensorlm.tasks.question_lists import QUESTION_LISTS
from sensorlm.tasks.question_task import FIRST_HAND, SECOND_HAND
from sensorlm.tasks.questions import minus, within, worded

NAN = float("nan")


def column(base, spans):
    """(1440,) `base` everywhere, but each span (start, end, value) in turn."""
    values = np.full(1440, base, np.float32)
    for start, end, value in spans:
        values[start:end] = value
    return values


def day(steps=(), hr=None, sleep=(), base=0.0, pulse=70.0):
    """Spans of steps over `base`, of a pulse over `pulse`, and sleeps (start, end)."""
    return made_day(
        steps=None if steps is None else column(base, steps), hr=None if hr is None else column(pulse, hr),
        events=[Event(kind="sleep", label="Asleep", start=s, end=e) for s, e in sleep],
    )  # fmt: skip


def walk(start, minutes, rate=100):
    return (start, start + minutes, rate)


HOURLY = [walk(60 * h, 5) for h in range(8, 20)]
EVERY_15 = [(m, m + 1, 20) for m in range(480, 1380, 15)]
OFF = dict(pulse=NAN, base=NAN)
WAVE = [(m, m + 30, 110) for m in range(0, 1440, 120)]
# Name -> a day of which it is true. Of a pair, the other's day is one of which it is false.
YES = {
    "seven to nine hours asleep": day(sleep=[(-30, 450)]), "under seven hours asleep": day(sleep=[(60, 420)]),
    "asleep before midnight": day(sleep=[(-20, 400)]), "awake at midnight": day(sleep=[(20, 400)]),
    "late midsleep": day(sleep=[(60, 540)]), "early midsleep": day(sleep=[(-120, 360)]),
    "slept in the afternoon": day(sleep=[(-60, 400), (800, 870)]),
    "moving soon after waking": day([walk(410, 10)], sleep=[(-60, 400)]), "slow after waking": day(sleep=[(-60, 400)]),
    "fifteen thousand": day([walk(600, 151)]), "under five thousand": day([walk(600, 49)]),
    "middling steps": day([walk(600, 70)]),
    "busiest hour before noon": day([walk(600, 20)]), "busiest hour after six": day([walk(1100, 20)]),
    "first steps before six": day([walk(350, 9)]), "no steps before nine": day([walk(545, 9)]),
    "steps near midnight": day([walk(1420, 9)]), "no steps after half past nine": day([walk(1270, 9)]),
    "more before lunch": day([walk(660, 20), walk(800, 9)]), "more after lunch": day([walk(660, 9), walk(800, 20)]),
    "on foot both ways": day([walk(420, 15), walk(1050, 15)]),
    "out at lunchtime": day([walk(730, 11)]), "lunch at the desk": day([walk(700, 15)]),
    "up between two and five": day([walk(200, 1, 40)]), "no step between two and five": day([walk(60, 20)]),
    "a walk after half past nine": day([walk(1300, 10)]),
    "moved every hour": day(HOURLY[:10]), "few active hours": day(HOURLY[:3]),
    "several walks": day([walk(m, 10) for m in (500, 700, 900)]), "no ten-minute walk": day(HOURLY),
    "half an hour brisk": day([walk(600, 30)]), "hardly any brisk minutes": day([walk(600, 60, 90)]),
    "fast feet": day([walk(600, 3, 150)]), "never hurried": day([walk(600, 60, 109)]),
    "steps in one burst": day([walk(600, 30), walk(800, 9)]), "steps spread out": day(HOURLY),
    "hours of light movement": day([walk(600, 241, 10)]), "little light movement": day([walk(600, 119, 10)]),
    "sat most of the day": day([walk(600, 100)]), "sat little": day([walk(480, 400)]),
    "sat through the forenoon": day([walk(610, 5)]), "up and down all forenoon": day(EVERY_15),
    "sat after seven": day([walk(1230, 5)]), "no long sit after seven": day(EVERY_15),
    "steps without a workout": day(base=8), "workout and the chair": day([walk(600, 20)]),
    "rested and active": day([walk(600, 81)], sleep=[(-60, 400)]), "tired and inactive": day(sleep=[(60, 400)]),
    "high daytime pulse": day(hr=[], pulse=86), "low daytime pulse": day(hr=[], pulse=74),
    "steady pulse": day(hr=[]), "pulse up and down": day(hr=WAVE, pulse=60),
    "steady pulse at night": day(hr=[(600, 700, 150)]), "jumpy pulse at night": day(hr=WAVE, pulse=60),
    "low sleeping pulse": day(hr=[(0, 400, 59)], sleep=[(-60, 400)]),
    "high sleeping pulse": day(hr=[(0, 400, 67)], sleep=[(-60, 400)]),
    "deep dip at night": day(hr=[(0, 400, 55)]), "no dip at night": day(hr=[(0, 400, 65)]),
    "morning surge": day(hr=[(0, 400, 54)], sleep=[(-60, 400)]),
    "gentle waking": day(hr=[(0, 400, 61)], sleep=[(-60, 400)]),
    "evening pulse higher": day(hr=[(1080, 1320, 76)]), "morning pulse higher": day(hr=[(480, 720, 76)]),
    "not wound down at eleven": day(hr=[(1320, 1440, 81)]), "calm before midnight": day(hr=[(1320, 1440, 69)]),
    "half the day under seventy": day(hr=[(0, 730, 69)]), "seldom under seventy": day(hr=[(0, 430, 69)]),
    "half an hour above 110": day(hr=[(600, 631, 111)]),
    "pulse peak before noon": day(hr=[(600, 620, 100)]), "pulse peak after five": day(hr=[(1100, 1120, 100)]),
    "hard walking": day([walk(600, 20)], [(600, 620, 101)]), "easy walking": day([walk(600, 20)], [(600, 620, 94)]),
    "fast sitting pulse": day(hr=[(500, 1300, 83)]), "slow sitting pulse": day(hr=[(500, 1300, 69)]),
    "quick recovery": day([walk(600, 20)], [(600, 620, 100)]), "slow recovery": day([walk(600, 20)], [(600, 620, 80)]),
    "sustained effort": day(hr=[(600, 625, 110)]), "no sustained effort": day(hr=[(600, 604, 110)]),
    "many bursts": day(hr=[(m, m + 2, 120) for m in (600, 608, 616)]),
    "complete day": day([(0, 4, NAN)]), "hours missing": day([(0, 301, NAN)]),
    "one big hole": day([(100, 521, NAN)]), "started late": day([(0, 460, NAN)]),
    "off by evening": day([(1340, 1440, NAN)]),
    "no heart data": day(), "pulse nearly all day": day(hr=[(0, 140, NAN)]), "patchy pulse": day(hr=[(0, 181, NAN)]),
}  # fmt: skip
# Name -> a day of which a question without a contrary is false.
NO = {
    "slept in the afternoon": day(sleep=[(-60, 400), (640, 780)]), "middling steps": day([walk(600, 100)]),
    "on foot both ways": day([walk(420, 15)]), "a walk after half past nine": day([walk(1300, 9), walk(1320, 9)]),
    "steps without a workout": day([walk(600, 20)], base=8), "workout and the chair": day([walk(600, 20)], base=1),
    "half an hour above 110": day(hr=[(600, 630, 111)]),
    "many bursts": day(hr=[(m, m + 2, 120) for m in (600, 607, 614)]),
    "one big hole": day([(100, 300, NAN), (301, 700, NAN)]), "started late": day([(0, 440, NAN)]),
    "off by evening": day([(1360, 1440, NAN)]), "patchy pulse": day(hr=[(0, 180, NAN)]),
}  # fmt: skip
DEVICE = {"complete day", "hours missing", "one big hole", "started late", "off by evening", "no heart data",
          "pulse nearly all day", "patchy pulse"}  # fmt: skip
BY_NAME = {question.name: question for question in QUESTIONS_SECOND}


def test_the_second_list_has_sixty_questions_in_four_wordings_none_of_the_first():
    wordings = [w.lower() for q in QUESTIONS_SECOND for w in q.wordings]
    assert len(QUESTIONS_SECOND) >= 60
    assert {len(q.wordings) for q in QUESTIONS_SECOND} == {4}
    assert len(wordings) == len(set(wordings))
    assert all(w == w.strip() and w for w in wordings)
    assert not set(wordings) & {w.lower() for q in QUESTIONS for w in q.wordings}
    assert len(BY_NAME) == len(QUESTIONS_SECOND)
    assert not set(BY_NAME) & {q.name for q in QUESTIONS}
    pairs = [q for q in QUESTIONS_SECOND if q.opposite]
    assert len(pairs) >= 24
    assert all(BY_NAME[q.opposite].opposite == q.name for q in pairs)


def test_no_question_is_asked_in_words_that_a_model_was_taught():
    """A score on a wording that training reads would say nothing about the words of others."""
    assert_asked_in_words_of_its_own((*QUESTIONS, *QUESTIONS_SECOND))


def test_each_question_has_its_days():
    assert set(YES) == set(BY_NAME)
    assert set(NO) == {q.name for q in QUESTIONS_SECOND if not q.opposite}


@pytest.mark.parametrize("name", list(BY_NAME))
def test_answers_by_hand(name):
    question = BY_NAME[name]
    assert question.asks(DayView(YES[name])) is True
    assert question.asks(DayView(YES[question.opposite] if question.opposite else NO[name])) is False
    nothing = question.asks(DayView(made_day(logged=())))
    assert (nothing is None) != (name in DEVICE)


def test_half_a_day_without_a_recording_answers_nothing_about_that_half():
    morning_only = DayView(day([walk(600, 20), (720, 1440, NAN)], [(720, 1440, NAN)], sleep=[(-60, 400)]))
    told = {name for name, q in BY_NAME.items() if q.asks(morning_only) is not None} - DEVICE
    assert told == {
        "seven to nine hours asleep", "under seven hours asleep", "asleep before midnight", "awake at midnight",
        "late midsleep", "early midsleep", "slept in the afternoon", "moving soon after waking", "slow after waking",
        "first steps before six", "no steps before nine", "up between two and five", "no step between two and five",
        "sat through the forenoon", "up and down all forenoon", "steady pulse at night", "jumpy pulse at night",
        "low sleeping pulse", "high sleeping pulse", "morning surge", "gentle waking",
        # A no to one half of an "and" is a no: too few steps by nine, and enough sleep.
        "on foot both ways", "tired and inactive",
    }  # fmt: skip


def test_first_and_last_steps_need_the_minutes_before_and_after():
    assert DayView(day([walk(500, 9)])).first_steps == 500
    assert DayView(day([(300, 500, NAN), walk(500, 9)])).first_steps is None
    assert DayView(day([walk(100, 9), walk(500, 9)])).first_steps == 500
    assert DayView(day([walk(400, 1, 49), walk(500, 9)])).first_steps == 500
    assert DayView(day()).first_steps is DayView(day()).last_steps is None
    assert DayView(day([walk(1300, 9)])).last_steps == 1308
    assert DayView(day([walk(1300, 9), (1310, 1440, NAN)])).last_steps is None
    assert DayView(day(None)).first_steps is None


def test_hours_and_turns_need_nearly_every_minute():
    assert DayView(day([walk(600, 20), walk(1100, 9)])).busiest_hour == 10
    assert DayView(day([walk(600, 9)])).busiest_hour is None
    assert DayView(day([walk(600, 20), (700, 800, NAN)])).hourly_steps() is None
    assert DayView(day(hr=[(600, 620, 100)])).hr_turn(True) in range(603, 615)
    assert DayView(day(hr=[(200, 220, 50)])).hr_turn(False) in range(203, 215)
    assert DayView(day(hr=[(600, 620, 100), (605, 606, NAN)])).hr_turn(True, 360, 1380) not in range(600, 613)
    assert DayView(day(hr=[(m, m + 1, NAN) for m in range(0, 1440, 14)])).hr_turn(True) is None
    assert DayView(day(hr=[(0, 200, NAN)])).hr_turn(True) is None


def test_pulse_readings_leave_out_minutes_without_a_pulse():
    view = DayView(day([walk(600, 30)], [(600, 620, 100), (620, 700, NAN)]))
    assert view.hr_while(60, 129) == 100
    assert view.hr_while(130, 200) is None
    assert view.hr_drop() is None
    assert view.hr_share(90, 110) == pytest.approx(20 / 1360)
    assert view.hr_lacking() == 80
    assert DayView(day()).hr_lacking() == 1440
    assert DayView(day([walk(600, 20)], [(600, 620, 100)])).hr_drop() == 30
    assert DayView(day(hr=[(600, 620, 100)])).hr_drop() is None
    assert DayView(day([walk(1420, 20)], [(1420, 1440, 100)])).hr_drop() is None
    assert DayView(day(hr=[(600, 605, 120), (606, 610, NAN), (610, 615, 120)])).efforts(110) == [(600, 605), (610, 615)]
    assert DayView(day(hr=[(0, 720, 60), (720, 1440, 80)])).hr_spread() == 10
    assert DayView(day(hr=[(0, 360, 60)], pulse=90)).hr_quantile(0.5, 0, 360) == 60


def test_sleep_readings():
    view = DayView(day(sleep=[(-60, 400), (380, 420), (1400, 1500)]))
    assert view.asleep_between(0, 1440) == 460
    assert DayView(day()).asleep_between(0, 1440) is None
    assert DayView(day(hr=[], sleep=[(-60, 400)])).hr_asleep == 70
    assert readings.midsleep(DayView(day(sleep=[(-60, 400)]))) == 170


def test_gaps_are_counted_where_nothing_at_all_was_recorded():
    view = DayView(day([(100, 200, NAN), (300, 350, NAN)], [(100, 150, NAN)]))
    assert view.longest_off() == 50
    assert DayView(day()).longest_off() == 0
    assert DayView(made_day()).longest_off() == 1440


def test_differences_and_ranges_pass_on_what_is_unknown():
    assert minus(None, 1) is minus(1, None) is within(None, 0, 1) is None
    assert within(1, 1, 2) is True
    assert within(2, 1, 2) is False
    assert worded("a", lambda view: True, "b; c").wordings == ("b", "c")


class Reader(PulseEmbedder):
    tokenizer, context_length = object(), 8


def test_an_evaluation_reports_all_lists_alike():
    days = [plain_day(i) for i in range(24)]
    for place in range(0, 24, 2):
        values = np.where(np.array(CHANNELS.keys) == "steps", days[place].values * 0.1, days[place].values + 9)
        days[place] = replace(days[place], values=values.astype(np.float32))
    run = Run(model=Reader(), untrained=BlindEmbedder(), tasks=["questions"], limit=1, seed=0)
    found = {result["name"]: result for result in run.results(EvaluationData(name="made", days=days))}
    assert list(found) == list(QUESTION_LISTS)
    first, second = found[FIRST_HAND], found[SECOND_HAND]
    assert first["floors"].keys() == second["floors"].keys() > {"chance", "plain_statistics", "untrained"}
    assert first["metrics"].keys() == second["metrics"].keys() >= {"single", "averaged", "opposites", "opposites_share"}
    assert second["samples"]["questions"] == list(BY_NAME)
    assert {row.task for row in rows_of(second)} == {"everyday questions, a second hand, asked in plain words"}
    assert [row.measure for row in rows_of(first)] == [row.measure for row in rows_of(second)]
    assert not run.left_out


def test_a_list_that_no_day_answers_both_ways_is_named():
    run = Run(model=Reader(), untrained=None, tasks=["questions"], limit=1, seed=0)
    assert not list(run.results(EvaluationData(name="made", days=[plain_day(0)])))
    assert set(run.left_out) == {"questions", *QUESTION_LISTS} - {FIRST_HAND}


def test_a_model_that_reads_sleep_logs_is_asked_once_without_and_once_with_them():
    seen = []

    class LogReader(Reader):
        reads_sleep_log = True

        def embed_days(self, days, window=None):
            days = list(days)
            seen.append(sum(int(d.observed[:, CHANNELS.index("sleep_stage_awake")].sum()) for d in days))
            return super().embed_days(days, window)

    night = Event(kind="sleep", label="Asleep", start=30, end=430)
    days = [replace(plain_day(i), events=(night,), logged=frozenset({"sleep"})) for i in range(24)]
    run = Run(model=LogReader(), untrained=None, tasks=["questions"], limit=1, seed=0)
    list(run.results(EvaluationData(name="made", days=days)))
    # Real days and two surrogates, without and with the log.
    assert seen[:3] == [0, 0, 0]
    assert seen[3] == 24 * 400
    assert any(name.endswith(LOG_SHOWN) for name in run.left_out)
