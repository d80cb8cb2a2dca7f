"""What --truth says in, a function from days to their true labels out: a CSV, the sleep log, or a tag of the days."""

from collections.abc import Callable

from sensorlm.cli.day_source import DaySource
from sensorlm.errors import ConfigError
from sensorlm.records import MINUTES_PER_DAY
from sensorlm.tasks.truth import TrueLabel, places_of, read_truth
from sensorlm.tasks.windows import asleep_or_awake, labelled_windows

# (place of the day, window and labels) of everything that is known.
TruthSource = Callable[[DaySource], list[tuple[int, TrueLabel]]]
SLEEP_LOG, TAG = "sleep-log", "tag:"


def truth_source(spec: str) -> TruthSource:
    """`sleep-log`: half hours asleep or awake by the logged sleep; `tag:NAME`: a tag of each day; else a CSV's path.

    Raises:
        SensorLMError: the CSV cannot be read.
    """
    if spec == SLEEP_LOG:
        return _sleep_log
    if spec.startswith(TAG):
        return lambda source: _tags(source, spec.removeprefix(TAG))
    rows = read_truth(spec)
    return lambda source: list(zip(places_of(rows, [day.key for day in source.days]), rows, strict=True))


def _sleep_log(source: DaySource) -> list[tuple[int, TrueLabel]]:
    found = []
    for place, day in enumerate(source.days):
        for window in labelled_windows([day], asleep_or_awake):
            label = TrueLabel(day=day.key, window=(window.start, window.end), labels=(window.label,))
            found.append((place, label))
    if not found:
        raise ConfigError(f"{source.name}: no day has a logged sleep, so sleep-log knows no truth. Give a CSV.")
    return found


def _tags(source: DaySource, name: str) -> list[tuple[int, TrueLabel]]:
    found = [
        (place, TrueLabel(day=day.key, window=(0, MINUTES_PER_DAY), labels=(day.tags[name],)))
        for place, day in enumerate(source.days)
        if name in day.tags
    ]
    if not found:
        known = sorted({tag for day in source.days for tag in day.tags})
        raise ConfigError(f"{source.name}: no day has a tag {name!r}. Its tags: {known}.")
    return found
