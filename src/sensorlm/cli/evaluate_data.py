"""A place in, everything an evaluation asks of it out: held-out days, labelled windows, captions and paraphrases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sensorlm.errors import ConfigError
from sensorlm.records import Caption, DayMatrix

if TYPE_CHECKING:
    from sensorlm.channels import ChannelSet
    from sensorlm.cli.day_source import DaySource
    from sensorlm.tasks.evaluation import LabelledTask
    from sensorlm.tasks.zero_shot import Label

# How people say the classes of the sleep log.
SLEEP_WORDS = {
    "asleep": ("sleeping", "in deep slumber"),
    "awake": ("wide awake", "up and about"),
}
OTHER_WORDING = 10_007
"""Added to the seed: the same facts said in other words."""


@dataclass(frozen=True, kw_only=True)
class Captions:
    """One caption a day, for retrieval."""

    places: Sequence[int]
    """In `EvaluationData.days`."""
    texts: Sequence[str]
    same: Sequence[str] | None = None
    """Equal where two captions state the same; None: where their words are the same."""
    key: str = ""
    """Which caption of a day it is."""


@dataclass(frozen=True, kw_only=True)
class EvaluationData:
    """What is asked of a model."""

    name: str
    days: Sequence[DayMatrix]
    """Whole days: of the people who are asked, and of simulated ones where a gallery is filled up."""
    labelled: Iterable["LabelledTask"] = ()
    """May make each task when it is reached: windows of many days are large."""
    captions: dict[str, Captions] = field(default_factory=dict)
    """Name -> captions of some of `days`."""
    questions: Sequence[int] | None = None
    """Places in `days` of those that questions are asked of; None: all."""
    real: int | None = None
    """The first so many of `days` were recorded, the rest simulated; None: all were recorded."""
    held_out: frozenset[str] = frozenset()
    """People (`dataset/person`) of `days` who gave none to training, where others did."""
    teaching: Mapping[str, Sequence[tuple[DayMatrix, str]]] = field(default_factory=dict)
    """Caption key -> days and captions of other people, from which plain statistics learn to retrieve."""
    not_asked: Mapping[str, str] = field(default_factory=dict)
    """Labels that are there and make no task -> why."""
    whole_days: bool = True
    """False for windows, of which retrieval and questions make no sense."""

    @property
    def recorded(self) -> Sequence[DayMatrix]:
        """Days that are not simulated."""
        return self.days if self.real is None else self.days[: self.real]

    @property
    def num_people(self) -> int:
        """How many different people were recorded."""
        return len({f"{day.dataset}/{day.person}" for day in self.recorded})


def evaluation_data(
    place: Path, channel_set: "ChannelSet", truth: Sequence[str] | None, labels: Path | None, split: str,
    caption_keys: Sequence[str], seed: int,
) -> EvaluationData:  # fmt: skip
    """Read a dataset folder, a table or an export, or a folder of arrays.

    Raises:
        ConfigError: nobody is in the split.
        SensorLMError: the place or a truth cannot be read.
    """
    from sensorlm.cli.day_source import open_days
    from sensorlm.tasks.arrays import is_arrays
    from sensorlm.tasks.zero_shot import load_labels

    named = {} if labels is None else {label.name: label for label in load_labels(labels)}
    if is_arrays(place):
        return _of_arrays(place, channel_set, named, split)
    source = open_days(place, channel_set)
    rows = source.rows(split if source.dataset is not None else None)
    if not rows:
        raise ConfigError(f"{place}: nobody is in split {split!r}. Choose another, or import with a splits file.")
    days = [source.days[row] for row in rows]
    asked = list(truth) if truth is not None else (["sleep-log"] if _has_sleep(days) else [])
    return EvaluationData(
        name=source.name, days=days, labelled=[_labelled(source, spec, set(rows), named) for spec in asked],
        captions={
            name: found for key in caption_keys
            for name, found in _captions(source, rows, days, key, seed).items()
        },
    )  # fmt: skip


def _has_sleep(days: Sequence[DayMatrix]) -> bool:
    return any(event.kind == "sleep" for day in days for event in day.events)


def _labelled(source: "DaySource", spec: str, asked: set[int], named: dict[str, "Label"]) -> "LabelledTask":
    from sensorlm.cli.truth_source import SLEEP_LOG, truth_source
    from sensorlm.tasks.classify import Asked
    from sensorlm.tasks.evaluation import LabelledTask
    from sensorlm.tasks.zero_shot import Label

    sides: dict[bool, tuple[list[Asked], list[str]]] = {True: ([], []), False: ([], [])}
    place, day = -1, None
    for at, row in sorted(truth_source(spec)(source), key=lambda pair: (pair[0], pair[1].window)):
        if at != place or day is None:
            place, day = at, source.days[at]
        sides[at in asked][0].append(Asked(day=day, window=row.window))
        sides[at in asked][1].append(row.labels[0])
    (test, test_labels), (train, train_labels) = sides[True], sides[False]
    if not test:
        raise ConfigError(f"{source.name}: truth {spec!r} says nothing about the people of the split.")
    words = SLEEP_WORDS if spec == SLEEP_LOG else {}
    classes = [
        named.get(name, Label(name=name, synonyms=words.get(name, ())))
        for name in sorted({*test_labels, *train_labels})
    ]
    return LabelledTask(
        name=spec if spec == SLEEP_LOG or spec.startswith("tag:") else Path(spec).stem, asked=test, labels=test_labels,
        classes=classes, train=train, train_labels=train_labels,
    )  # fmt: skip


def _captions(
    source: "DaySource", rows: Sequence[int], days: Sequence[DayMatrix], key: str, seed: int
) -> dict[str, Captions]:
    """Captions that are stored, else written now; and the same days in other words."""
    stored = {i: found[0] for i, row in enumerate(rows) if (found := source.captions(row, key))}
    said = {
        "exact": stored or captions_of(days, key, seed),
        "paraphrased": captions_of(days, key, seed + OTHER_WORDING),
    }
    return {
        f"{key}, {name}": Captions(
            places=list(found), texts=[c.text for c in found.values()], same=[facts_key(c) for c in found.values()],
            key=key,
        )
        for name, found in said.items() if found
    }  # fmt: skip


def captions_of(days: Sequence[DayMatrix], key: str, seed: int) -> dict[int, Caption]:
    """Place -> caption of every day of which something can be said."""
    from sensorlm.captions import generate_captions

    made = generate_captions(list(days), [key], seed)
    return {i: captions[key] for i, captions in enumerate(made) if key in captions}


def facts_key(caption: Caption) -> str:
    """Equal for captions that state the same facts in whatever words; the text itself where it states none."""
    facts = sorted(f"{fact.quantity.key} {fact.low:g} {fact.high:g}" for fact in caption.facts)
    return "; ".join(facts) or caption.text


def _of_arrays(place: Path, channel_set: "ChannelSet", named: dict[str, "Label"], split: str) -> EvaluationData:
    from sensorlm.store import split_of
    from sensorlm.tasks.arrays import read_arrays
    from sensorlm.tasks.classify import Asked
    from sensorlm.tasks.evaluation import LabelledTask
    from sensorlm.tasks.zero_shot import Label

    arrays = read_arrays(place, channel_set)
    asked = [Asked(day=day, window=(0, arrays.minutes)) for day in arrays.days]
    test = [i for i, day in enumerate(arrays.days) if split_of(day.dataset, day.person) == split]
    if not test or len(test) == len(asked):
        # Too few people for the rule: everybody is asked, nobody teaches.
        test = list(range(len(asked)))
    rest = sorted(set(range(len(asked))) - set(test))
    task = LabelledTask(
        name=place.name, asked=[asked[i] for i in test], labels=[arrays.labels[i] for i in test],
        classes=[named.get(name, Label(name=name.replace("_", " "))) for name in arrays.class_names],
        train=[asked[i] for i in rest], train_labels=[arrays.labels[i] for i in rest],
    )  # fmt: skip
    return EvaluationData(name=place.name, days=[arrays.days[i] for i in test], labelled=[task], whole_days=False)
