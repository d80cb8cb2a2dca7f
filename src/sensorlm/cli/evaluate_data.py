"""A place in, everything an evaluation asks of it out: held-out days, labelled windows, captions and their paraphrases."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sensorlm.errors import ConfigError
from sensorlm.records import DayMatrix

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
class EvaluationData:
    """What is asked of a model."""

    name: str
    days: Sequence[DayMatrix]
    """Of the people who are asked."""
    labelled: list["LabelledTask"] = field(default_factory=list)
    captions: dict[str, tuple[list[int], list[str]]] = field(default_factory=dict)
    """Name -> places in `days`, and the caption of each."""
    whole_days: bool = True
    """False for windows, of which retrieval and questions make no sense."""

    @property
    def num_people(self) -> int:
        """How many different people are asked."""
        return len({f"{day.dataset}/{day.person}" for day in self.days})


def evaluation_data(
    place: Path, channel_set: "ChannelSet", truth: Sequence[str] | None, labels: Path | None, split: str,
    caption_key: str, seed: int,
) -> EvaluationData:  # fmt: skip
    """Read a dataset folder, or a folder of arrays.

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
        captions=_captions(source, rows, days, caption_key, seed),
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
) -> dict[str, tuple[list[int], list[str]]]:
    """Captions that are stored, else written now; and the same facts in other words."""
    from sensorlm.captions import generate_captions

    stored = {i: found[0].text for i, row in enumerate(rows) if (found := source.captions(row, key))}
    if not stored:
        written = _written(generate_captions, days, key, seed)
        stored = written
    other = _written(generate_captions, days, key, seed + OTHER_WORDING)
    both = [i for i in stored if i in other]
    result = {"exact": (list(stored), list(stored.values()))} if stored else {}
    if both:
        result["paraphrased"] = (both, [other[i] for i in both])
    return result


def _written(generate: Any, days: Sequence[DayMatrix], key: str, seed: int) -> dict[int, str]:  # noqa: ANN401
    made = generate(list(days), [key], seed)
    return {i: captions[key].text for i, captions in enumerate(made) if key in captions}


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
