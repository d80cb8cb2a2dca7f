"""A folder of public recordings in, everything an evaluation asks of it out: real labels, questions, a gallery."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sensorlm.cli.evaluate_data import OTHER_WORDING, Captions, EvaluationData, captions_of, facts_key

if TYPE_CHECKING:
    from sensorlm.channels import ChannelSet
    from sensorlm.records import DayMatrix
    from sensorlm.tasks.real_sets import RealSets

GALLERY_SETS = ("fitabase", "mmash", "mss", "t1d_uom")
QUESTION_SET, QUESTION_KEYS = "fitabase", ("HR", "steps")
LEAST_MINUTES = 360
"""Recorded minutes of a day in the gallery."""
GALLERY_SEED = 910_001
"""Simulated people of the gallery: a population that no training drew."""
TEACHING_SEED = 910_002
"""Simulated people whose captions plain statistics learn from."""
GALLERY_DEVICES = ("band", "spot-watch", "sports-watch", "chest-actigraph")
DAYS_EACH, TEACHING_PEOPLE = 7, 80


def of_collection(
    place: Path, channel_set: "ChannelSet", splits: Mapping[str, str], keys: Sequence[str], seed: int, most: int,
    gallery: int, names: Sequence[str],
) -> EvaluationData:  # fmt: skip
    """Every task of the sets that lie in `place`.

    Args:
        place: the folder.
        channel_set: the model's.
        splits: who gave days to training, where a file fixes it.
        keys: captions to retrieve.
        seed: of captions.
        most: windows of a task.
        gallery: days among which is searched: those of held-out people, filled up with simulated ones; 0: no search.
        names: only window tasks whose name contains one of these; empty: all.
    """
    from sensorlm.tasks.evaluation import person_of
    from sensorlm.tasks.real_sets import RealSets
    from sensorlm.tasks.real_tasks import NOT_ASKED, labelled_tasks

    sets = RealSets(folder=place, channel_set=channel_set, splits=splits)
    asked = [sets.shown(d, QUESTION_KEYS) for d in sets.days(QUESTION_SET)] if QUESTION_SET in sets.present() else []
    asked = [day for day in asked if day.observed.any()]
    held = [sets.held_out(day) for day in asked]
    held_days = [i for i, (day, out) in enumerate(zip(asked, held, strict=True)) if out and _full(day)]
    others = _other_days(sets) if gallery else []
    real = [*held_days, *range(len(asked), len(asked) + len(others))][:gallery]
    made = _simulated(GALLERY_SEED, gallery - len(real), channel_set)
    days = [*asked, *others, *made]
    places = [*real, *range(len(asked) + len(others), len(days))]
    return EvaluationData(
        name=place.name, days=days, labelled=labelled_tasks(sets, most, names), questions=list(range(len(asked))),
        captions=_captions([days[i] for i in places], places, keys, seed), real=len(asked) + len(others),
        held_out=frozenset(person_of(d) for d, out in zip(asked, held, strict=True) if out),
        teaching=_teaching(channel_set, keys, seed) if places else {}, not_asked=NOT_ASKED,
    )  # fmt: skip


def _other_days(sets: "RealSets") -> list["DayMatrix"]:
    """Of held-out people of the other sets, as they were recorded."""
    return [
        shown
        for name in GALLERY_SETS
        if name != QUESTION_SET and name in sets.present()
        for day in sets.days(name)
        if sets.held_out(day)
        for shown in [sets.shown(day)]
        if _full(shown)
    ]


def _full(day: "DayMatrix") -> bool:
    return int(day.observed.any(axis=1).sum()) >= LEAST_MINUTES


def _simulated(seed: int, count: int, channel_set: "ChannelSet") -> list["DayMatrix"]:
    """Days of simulated people with devices of few channels, each with something recorded."""
    from sensorlm.simulate import iter_people

    found: list[DayMatrix] = []
    if count <= 0:
        return found
    for person in iter_people(seed, 4 * count, DAYS_EACH, channel_set=channel_set, devices=GALLERY_DEVICES):
        found += [day for day in person.days() if _full(day)]
        if len(found) >= count:
            break
    return found[:count]


def _captions(
    days: Sequence["DayMatrix"], places: Sequence[int], keys: Sequence[str], seed: int
) -> dict[str, Captions]:  # fmt: skip
    """Each key as it is said with one seed, and the same days in other words."""
    found: dict[str, Captions] = {}
    for key in keys:
        for how, said in (("exact", seed), ("paraphrased", seed + OTHER_WORDING)):
            written = captions_of(days, key, said)
            found[f"{key}, {how}"] = Captions(
                places=[places[i] for i in written], texts=[c.text for c in written.values()],
                same=[facts_key(c) for c in written.values()], key=key,
            )  # fmt: skip
    return found


def _teaching(channel_set: "ChannelSet", keys: Sequence[str], seed: int) -> dict[str, list[tuple["DayMatrix", str]]]:
    """Key -> days of simulated people who are in no gallery, and their captions: what plain statistics learn from."""
    days = _simulated(TEACHING_SEED, TEACHING_PEOPLE * DAYS_EACH, channel_set)
    return {key: [(days[i], caption.text) for i, caption in captions_of(days, key, seed).items()] for key in keys}
