"""Days of public recordings in, questions with true answers out: every task that real labels allow.

Wordings, windows and classes were written down before any model was asked, and are not touched after a result is seen.
A window shows only the channels that the task names. Windows are drawn by a fixed seed where there are very many.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sensorlm.records import MINUTES_PER_DAY, DayMatrix, Event
from sensorlm.tasks.classify import Asked
from sensorlm.tasks.evaluation import LabelledTask, person_of
from sensorlm.tasks.real_sets import RealSets, columns_of
from sensorlm.tasks.windows import Labeller, activity_of, asleep_or_awake, filling, labelled_windows, overlap
from sensorlm.tasks.zero_shot import Label

MOST = 2000
"""Windows of a task, drawn by seed where there are more."""
Classes = Mapping[str, tuple[str, ...]]

ASLEEP: Classes = {
    "asleep": ("the person is asleep", "sleeping", "fast asleep", "sound asleep at this time"),
    "awake": ("the person is awake", "wide awake", "up and about", "awake and up"),
}
IN_BED: Classes = {
    "in bed": ("lying in bed", "asleep in bed", "sleeping", "in bed for the night"),
    "up": ("out of bed", "up and about", "awake", "the person is up"),
}
DIARY: Classes = {
    "lying or asleep": ("sleeping", "lying down", "in bed", "asleep"),
    "sitting or screen": ("sitting still", "sitting at a desk", "awake but not moving about", "watching a screen"),
    "light movement": ("light moving around the house", "some slow steps", "up and down a little", "light movement"),
    "exercise": ("exercising", "a hard workout", "training", "running or doing sports"),
    "eating": ("eating a meal", "having dinner", "eating", "at the table"),
}
DIARY_KINDS = {  # the reader's labels -> the five kinds of the data's README
    "Lying": "lying or asleep", "Sitting": "sitting or screen", "Small screen": "sitting or screen",
    "Large screen": "sitting or screen", "Light movement": "light movement", "Medium movement": "exercise",
    "Heavy movement": "exercise", "Eating": "eating",
}  # fmt: skip
STAGES: Classes = {
    "deep sleep": ("deep sleep", "in deep sleep", "slow-wave sleep", "sleeping very deeply"),
    "light sleep": ("light sleep", "in light sleep", "sleeping lightly", "dozing"),
    "REM sleep": ("REM sleep", "in REM sleep", "dreaming", "rapid eye movement sleep"),
    "awake in bed": ("awake in bed", "lying awake", "restless in bed", "awake during the night"),
}
STAGE_NAMES = {
    "deep": "deep sleep",
    "light": "light sleep",
    "rem": "REM sleep",
    "awake": "awake in bed",
}  # the log's -> the class
ON_FOOT: Classes = {
    "walking": ("walking", "out for a walk", "on foot", "a steady walk"),
    "running": ("running", "jogging", "out for a run", "a run"),
    "still": ("sitting still", "not moving about", "hardly a step", "resting"),
}
EFFORT: Classes = {
    "sedentary": ("sitting still", "not moving about", "resting", "hardly any movement"),
    "light": ("light activity", "moving about a little", "light movement", "pottering about"),
    "hard": ("exercising", "a brisk effort", "hard physical activity", "moving vigorously"),
}
STRESS: Classes = {
    "stressed": ("stressed", "under stress", "tense and worked up", "a stressful moment"),
    "calm": ("calm", "relaxed", "at ease", "no stress at all"),
}
INSOMNIA: Classes = {
    "insomnia": ("the person suffers from insomnia", "has trouble sleeping", "sleeps badly", "insomnia"),
    "sleeps well": ("a good sleeper", "sleeps well", "no trouble sleeping", "a healthy sleeper"),
}


@dataclass(frozen=True, kw_only=True)
class RealTask:
    """One table of real labels as questions."""

    source: str
    """Set of RealSets."""
    classes: Classes
    label: Labeller
    """Class of minutes [start, end) of a day, or None."""
    shows: tuple[str, ...]
    """Channels that are seen; of each at least half of the window was recorded."""
    minutes: int = 30
    who: Callable[[Sequence[DayMatrix]], list[DayMatrix]] = list
    """Which days are asked about."""


def in_bed(day: DayMatrix, start: int, end: int) -> str | None:
    """In bed or up, where four fifths of the window are one of them."""
    beds = [e for e in day.events if e.kind == "sleep" and e.label == "In bed"]
    share = sum(overlap(e, start, end) for e in beds) / (end - start)
    return "in bed" if share >= 0.8 else "up" if share <= 0.2 else None


def diary(day: DayMatrix, start: int, end: int) -> str | None:
    """The diary's kind, bed counting as lying."""
    return "lying or asleep" if in_bed(day, start, end) == "in bed" else _diary_kind(day, start, end)


_diary_kind = activity_of(DIARY_KINDS)


def stage(day: DayMatrix, start: int, end: int) -> str | None:
    """The sleep stage that fills four fifths of the window."""

    def class_of(event: Event) -> str | None:
        return STAGE_NAMES.get(event.stage) if event.kind == "sleep" else None

    return filling(day, start, end, class_of, first=STAGE_NAMES.values())


def on_foot(day: DayMatrix, start: int, end: int) -> str | None:
    """Walking or running by the device's log; still where it logged neither and no sleep, and logs activities."""
    if "activity" not in day.logged:
        return None
    kind = _bouts(day, start, end)
    near = any(e.kind in ("activity", "sleep") and e.start < end and e.end > start for e in day.events)
    return kind if kind is not None or near else "still"


_bouts = activity_of({"Walking": "walking", "Running": "running"})


def effort(day: DayMatrix, start: int, end: int) -> str | None:
    """By the vendor's minute intensity 0 to 3, which the window does not show."""
    level = day.values[start:end, day.channel_keys.index("intensity")]
    if np.isnan(level).mean() > 0.2 or asleep_or_awake(day, start, end) == "asleep":
        return None
    shares = {"sedentary": (level == 0).mean(), "light": (level == 1).mean(), "hard": (level >= 2).mean()}
    least = {"sedentary": 0.9, "light": 0.5, "hard": 0.5}
    return next((name for name, share in shares.items() if share >= least[name]), None)


def mood(names: Mapping[str, str]) -> Labeller:
    """The mood or survey answer that fills four fifths of the window, by event label -> class."""

    def class_of(event: Event) -> str | None:
        return names.get(event.label) if event.kind == "mood" else None

    def label(day: DayMatrix, start: int, end: int) -> str | None:
        return filling(day, start, end, class_of, first=names.values())

    return label


def group(day: DayMatrix, start: int, end: int) -> str | None:
    """Of which group the person is: C is treated for insomnia, P the partner."""
    return {"C": "insomnia", "P": "sleeps well"}.get(day.tags.get("group", ""))


def _with_heart(days: Sequence[DayMatrix]) -> list[DayMatrix]:
    people = {d.person for d in days if d.observed[:, columns_of(d, ["HR"])].any()}
    return [day for day in days if day.person in people]


def _without_heart(days: Sequence[DayMatrix]) -> list[DayMatrix]:
    people = {d.person for d in _with_heart(days)}
    return [d for d in days if d.person not in people and d.observed[:, columns_of(d, ["steps"])].any()]


_SURVEY = mood({"High stress": "stressed", "Some stress": "calm", "No stress": "calm"})
_SESSION = mood({"stress task": "stressed", "no task": "calm"})
_E4 = ("HR", "eda_level_real", "wrist_temperatures")

REAL_TASKS: dict[str, RealTask] = {
    "fitabase asleep/awake, HR + steps": RealTask(
        source="fitabase", classes=ASLEEP, label=asleep_or_awake, shows=("HR", "steps"), who=_with_heart),
    "fitabase asleep/awake, HR alone": RealTask(
        source="fitabase", classes=ASLEEP, label=asleep_or_awake, shows=("HR",), who=_with_heart),
    "fitabase asleep/awake, steps, people without HR": RealTask(
        source="fitabase", classes=ASLEEP, label=asleep_or_awake, shows=("steps",), who=_without_heart),
    "fitabase effort, 3 kinds, HR alone": RealTask(
        source="fitabase", classes=EFFORT, label=effort, shows=("HR",), who=_with_heart),
    "mmash in bed/up, HR + steps": RealTask(source="mmash", classes=IN_BED, label=in_bed, shows=("HR", "steps")),
    "mmash in bed/up, HR alone": RealTask(source="mmash", classes=IN_BED, label=in_bed, shows=("HR",)),
    "mmash diary, 5 kinds, HR + steps": RealTask(source="mmash", classes=DIARY, label=diary, shows=("HR", "steps")),
    "t1d_uom asleep/awake, steps": RealTask(
        source="t1d_uom", classes=ASLEEP, label=asleep_or_awake, shows=("steps",)),
    "t1d_uom sleep stages, 4 kinds, steps": RealTask(
        source="t1d_uom", classes=STAGES, label=stage, shows=("steps",), minutes=20),
    "t1d_uom walking, running or still, steps": RealTask(
        source="t1d_uom", classes=ON_FOOT, label=on_foot, shows=("steps",), minutes=15),
    "nurse_stress high or not, HR + EDA + temperature": RealTask(
        source="nurse_stress", classes=STRESS, label=_SURVEY, shows=_E4),
    "stress_predict task or calm, HR": RealTask(
        source="stress_predict", classes=STRESS, label=_SESSION, shows=("HR",), minutes=5),
    "actiwatch insomnia or partner, a day of counts and light": RealTask(
        source="insomnia_partner_actiwatch", classes=INSOMNIA, label=group, shows=("counts", "white_light"),
        minutes=MINUTES_PER_DAY),
}  # fmt: skip
NOT_ASKED = {
    "t1d_uom, type 1 diabetes or not": "all 14 people have it; against other sets the device would give it away",
    "t1d_uom 5-minute tables": "their clock cannot be trusted (data/README.md), so no day is made of them",
    "welltory_covid moods and tags": "single measurements of about 100 beats: there is no day to ask about",
    "mss": "it has no labels; its held-out people are among the days of the retrieval",
}
"""Labels that are there and make no task, and why."""


def labelled_tasks(sets: RealSets, most: int = MOST, names: Sequence[str] = ()) -> Iterator[LabelledTask]:
    """Every task whose set is there, one at a time: windows of a set are many.

    Args:
        sets: the folder.
        most: windows of a task.
        names: only tasks whose name contains one of these; empty: all.
    """
    there = set(sets.present())
    for name, task in REAL_TASKS.items():
        if task.source in there and (not names or any(part in name for part in names)):
            yield labelled_task(name, task, sets, most)


def labelled_task(name: str, task: RealTask, sets: RealSets, most: int = MOST) -> LabelledTask:
    """The windows of a task: what the model is shown, what plain statistics read, and what is true."""
    days = task.who(sets.days(task.source))
    found = labelled_windows(days, task.label, minutes=task.minutes, stride=task.minutes, needs=task.shows)
    if len(found) > most:
        kept = np.random.default_rng(0).choice(len(found), most, replace=False)
        found = [found[i] for i in sorted(kept)]
    asked_days = {w.day: sets.shown(days[w.day], task.shows) for w in found}
    columns = columns_of(days[0], task.shows) if days else np.zeros(0, np.intp)
    readable = [key for key in task.shows if key in sets.channel_set.keys]
    return LabelledTask(
        name=name, asked=[Asked(day=asked_days[w.day], window=(w.start, w.end)) for w in found],
        labels=[w.label for w in found],
        classes=[Label(name=kind, descriptions=words) for kind, words in task.classes.items()], templates=(),
        plain=[days[w.day].values[w.start : w.end, columns] for w in found],
        held_out=frozenset(person_of(days[w.day]) for w in found if sets.held_out(days[w.day])),
        unreadable="" if readable else f"the model reads none of {', '.join(task.shows)}",
    )  # fmt: skip
