"""A day's logged events in, sentences about the longest of them out."""

from collections.abc import Iterator
from dataclasses import dataclass

from sensorlm.captions.event_tracks import one_line
from sensorlm.captions.sentences import Dice, Sentence, activity_sentence, mood_sentence, sleep_sentence
from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event

MIN_ACTIVITY_MINUTES = 20
MAX_ACTIVITIES, MAX_SLEEPS, MAX_MOODS = 8, 2, 6
SUMMARY_ACTIVITIES, SUMMARY_SLEEPS, SUMMARY_MOODS = 3, 1, 1


@dataclass(frozen=True)
class Logged:
    """Events of a day that can be spoken of: sleeps and activities longest first, moods in order of time."""

    sleeps: list[Event]
    activities: list[Event]
    moods: list[Event]

    def all(self, dice: Dice) -> list[Sentence]:
        """Every kept event."""
        return list(self._said(MAX_SLEEPS, MAX_ACTIVITIES, MAX_MOODS, dice))

    def summary(self, dice: Dice) -> list[Sentence]:
        """The longest sleep, the three longest activities, the first mood."""
        return list(self._said(SUMMARY_SLEEPS, SUMMARY_ACTIVITIES, SUMMARY_MOODS, dice))

    def _said(self, sleeps: int, activities: int, moods: int, dice: Dice) -> Iterator[Sentence]:
        yield from (sleep_sentence(event, dice) for event in _in_time(self.sleeps[:sleeps]))
        yield from (activity_sentence(event, dice) for event in _in_time(self.activities[:activities]))
        yield from (mood_sentence(event, dice) for event in self.moods[:moods])


def logged_events(day: DayMatrix) -> Logged:
    """Sleeps, activities of at least 20 minutes and moods of a day, of the kinds that were logged at all."""
    found = [event for event in day.events if event.kind in day.logged]
    activities = _clear([e for e in found if e.kind == "activity" and one_line(e.label)])
    moods = [e for e in found if e.kind == "mood" and 0 <= e.start < MINUTES_PER_DAY and one_line(e.label)]
    return Logged(
        _clear([e for e in found if e.kind == "sleep" and not e.stage]),
        [e for e in activities if e.end - e.start >= MIN_ACTIVITY_MINUTES],
        _in_time(moods),
    )


def _in_time(found: list[Event]) -> list[Event]:
    return sorted(found, key=lambda event: (event.start, event.end))


def _clear(found: list[Event]) -> list[Event]:
    """Events of this day that no longer entry of the same name overlaps: two such logs cannot both be right."""
    kept: list[Event] = []
    for event in sorted(found, key=lambda event: (event.start - event.end, event.start)):
        name = one_line(event.label).lower() if event.kind == "activity" else ""
        inside = event.start < MINUTES_PER_DAY and event.end > max(event.start, 0)
        rivals = (e for e in kept if e.kind != "activity" or one_line(e.label).lower() == name)
        if inside and not any(e.start < event.end and event.start < e.end for e in rivals):
            kept.append(event)
    return kept
