"""A checkpoint and real recordings in, one table out: what the model says of real days, without one real label.

    python recipes/evaluate_real.py CHECKPOINT --untrained UNTRAINED --data DATA --splits SPLITS -o results.json

Rows: 30-minute windows asleep or awake (fitabase) and in bed or up (mmash), the mmash diary, plain-language questions.
Beside the model: chance, plain statistics trained on other real people, the same model untrained, and the model on
days played backwards. "held out" counts only people whose days the model never saw; without it all people count,
some of whom gave days (never labels) to pretraining.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from packing import CHANNELS

from sensorlm.days import to_days
from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.readers import read
from sensorlm.records import DayMatrix
from sensorlm.store.splits import load_splits, split_of
from sensorlm.tasks.baselines import out_of_person_scores, window_statistics
from sensorlm.tasks.metrics import auroc, bootstrap_over_people
from sensorlm.tasks.question_list import QUESTIONS
from sensorlm.tasks.questions import answers, question_auroc
from sensorlm.tasks.windows import LabelledWindow, activity_of, asleep_or_awake, labelled_windows, window_values

# Chosen before any result was seen, and not touched since.
ASLEEP = {
    "asleep": ("the person is asleep", "sleeping", "fast asleep", "sound asleep at this time"),
    "awake": ("the person is awake", "wide awake", "up and about", "awake and up"),
}
IN_BED = {
    "in bed": ("lying in bed", "asleep in bed", "sleeping", "in bed for the night"),
    "up": ("out of bed", "up and about", "awake", "the person is up"),
}
DIARY = {
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
MOST = 2000
"""Windows of a task, drawn by seed where there are more."""


@dataclass(frozen=True, kw_only=True)
class Models:
    """What is compared."""

    trained: CheckpointEmbedder
    untrained: CheckpointEmbedder | None


def only(day: DayMatrix, keys: Sequence[str]) -> DayMatrix:
    """The day with all other channels hidden."""
    kept = np.isin(np.array(day.channel_keys), list(keys))
    return replace(day, values=np.where(kept, day.values, np.float32("nan")), observed=np.asarray(day.observed & kept))


def backwards(day: DayMatrix) -> DayMatrix:
    """The day from its last minute to its first: a surrogate on which time-bound answers must fail."""
    return replace(day, values=day.values[::-1].copy(), observed=day.observed[::-1].copy())


def class_scores(embedder: CheckpointEmbedder, days: Any, classes: dict[str, tuple[str, ...]]) -> NDArray[np.float32]:  # noqa: ANN401
    """(n, k) cosine of days and the mean of each class's wordings."""
    means = np.stack([embedder.embed_texts(words).mean(0) for words in classes.values()])
    return np.asarray(embedder.embed_days(days) @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T)


def macro(truth: NDArray[np.intp], scores: NDArray[np.floating]) -> float:
    """Macro AUROC, one class against the rest; of two classes the difference of their scores."""
    if scores.shape[1] == 2:
        return auroc(truth == 0, scores[:, 0] - scores[:, 1])
    each = [auroc(truth == i, scores[:, i] - np.delete(scores, i, 1).max(1)) for i in range(scores.shape[1])]
    return float(np.mean([a for a in each if np.isfinite(a)]))


def windows_task(
    models: Models, days: Sequence[DayMatrix], classes: dict[str, tuple[str, ...]],
    labeller: Callable[[DayMatrix, int, int], str | None], needs: Sequence[str], held: Callable[[str], bool],
) -> dict[str, Any]:  # fmt: skip
    """AUROC of windows of days that show only `needs`."""
    names = list(classes)
    found = labelled_windows(days, labeller, needs=needs)
    if len(found) > MOST:
        kept = np.random.default_rng(0).choice(len(found), MOST, replace=False)
        found = [found[i] for i in sorted(kept)]
    truth = np.array([names.index(w.label) for w in found])
    people = np.array([days[w.day].person for w in found])
    few = [only(day, needs) for day in days]
    scores = class_scores(models.trained, (few[w.day].shown(w.start, w.end) for w in found), classes)
    plain = out_of_person_scores(window_statistics(window_values(few, found)), truth, list(people))
    told = np.isfinite(plain).all(1)
    inside = np.array([held(p) for p in people])
    interval = bootstrap_over_people(lambda rows: macro(truth[rows], scores[rows]), list(people), repeats=200, seed=0)
    row: dict[str, Any] = {
        "windows": len(found), "people": len(set(people)), "chance": 0.5, "model": macro(truth, scores),
        "low": interval.low, "high": interval.high,
        "plain statistics, other real people": macro(truth[told], plain[told]),
        "model, held out": macro(truth[inside], scores[inside]) if len(set(truth[inside])) > 1 else None,
        "held-out people": len(set(people[inside])),
    }  # fmt: skip
    if models.untrained:
        row["untrained"] = macro(
            truth, class_scores(models.untrained, (few[w.day].shown(w.start, w.end) for w in found), classes)
        )
    mirrored = [backwards(day) for day in few]
    flipped = (mirrored[w.day].shown(w.start, w.end) for w in found if _seen(mirrored[w.day], w))
    rows = [i for i, w in enumerate(found) if _seen(mirrored[w.day], w)]
    row["model, day backwards"] = macro(truth[rows], class_scores(models.trained, flipped, classes)) if rows else None
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in row.items()}


def _seen(day: DayMatrix, window: LabelledWindow) -> bool:
    return bool(day.observed[window.start : window.end].any())


def questions_task(models: Models, days: Sequence[DayMatrix], held: Callable[[str], bool]) -> dict[str, Any]:
    """Plain-language questions over whole days of heart rate and steps."""
    truth = answers(QUESTIONS, days)
    inside = np.array([held(day.person) for day in days])
    few = [only(day, ("HR", "steps")) for day in days]
    vectors = models.trained.embed_days(few)
    out = {"all days": question_auroc(models.trained, QUESTIONS, truth, vectors) | {"days": len(days)}}
    out["held-out days"] = question_auroc(models.trained, QUESTIONS, truth[inside], vectors[inside])
    out["held-out days"]["days"] = int(inside.sum())
    if models.untrained:
        out["untrained"] = question_auroc(models.untrained, QUESTIONS, truth, models.untrained.embed_days(few))
    mirrored = models.trained.embed_days([backwards(day) for day in few])
    out["day backwards"] = question_auroc(models.trained, QUESTIONS, truth, mirrored)
    features = window_statistics(np.stack([day.values for day in few]))
    each = []
    for j, question in enumerate(QUESTIONS):
        told = truth[:, j] != 0
        if question.name in out["all days"]["per_question"]:
            scores = out_of_person_scores(
                features[told],
                (truth[told, j] > 0).astype(np.intp),
                [d.person for d, t in zip(few, told, strict=True) if t],
            )
            kept = np.isfinite(scores).all(1)
            each.append(auroc(truth[told, j][kept] > 0, scores[kept, 1]))
    out["plain statistics, other real people"] = {"averaged": float(np.nanmean(each)), "num_questions": len(each)}
    return out


def real_days(data: Path, name: str) -> list[DayMatrix]:
    """All days of fitabase or mmash in the model's channels."""
    path, reader = {
        "fitabase": (data / "fitabase" / "fitabase_minute_all.parquet", "fitabase-parquet"),
        "mmash": (data / "mmash", "mmash"),
    }[name]
    return [day for table in read(reader, path) for day in to_days(table, CHANNELS) if day.observed.any()]


def evaluate(models: Models, data: Path, splits: dict[str, str]) -> dict[str, Any]:
    """Every task; see the head of this file."""

    def held(person: str) -> bool:
        return split_of("fitabase", person, splits) != "train"

    fitabase, mmash = real_days(data, "fitabase"), real_days(data, "mmash")
    hr, steps = CHANNELS.index("HR"), CHANNELS.index("steps")
    with_heart = {d.person for d in fitabase if d.observed[:, hr].any()}
    heart = [d for d in fitabase if d.person in with_heart]
    rest = [d for d in fitabase if d.person not in with_heart and d.observed[:, steps].any()]

    def in_bed(day: DayMatrix, start: int, end: int) -> str | None:
        beds = [e for e in day.events if e.kind == "sleep" and e.label == "In bed"]
        share = sum(max(0, min(e.end, end) - max(e.start, start)) for e in beds) / (end - start)
        return "in bed" if share >= 0.8 else "up" if share <= 0.2 else None

    kept = activity_of(DIARY_KINDS)

    def diary(day: DayMatrix, start: int, end: int) -> str | None:
        return "lying or asleep" if in_bed(day, start, end) == "in bed" else kept(day, start, end)

    everyone: Callable[[str], bool] = lambda person: True  # noqa: E731 (nobody of mmash was ever trained on)
    tables = {
        "fitabase asleep/awake, HR + steps": (heart, ASLEEP, asleep_or_awake, ("HR", "steps"), held),
        "fitabase asleep/awake, HR alone": (heart, ASLEEP, asleep_or_awake, ("HR",), held),
        "fitabase asleep/awake, steps, people without HR": (rest, ASLEEP, asleep_or_awake, ("steps",), held),
        "mmash in bed/up, HR + steps": (mmash, IN_BED, in_bed, ("HR", "steps"), everyone),
        "mmash in bed/up, HR alone": (mmash, IN_BED, in_bed, ("HR",), everyone),
        "mmash diary, 5 kinds, HR + steps": (mmash, DIARY, diary, ("HR", "steps"), everyone),
    }
    out: dict[str, Any] = {}
    for name, (days, classes, labeller, needs, who) in tables.items():
        out[name] = windows_task(models, days, classes, labeller, needs, who)
        print(
            name, json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in out[name].items()}), flush=True
        )
    out["questions"] = questions_task(models, fitabase, held)
    for name, row in out["questions"].items():
        opposites = row.get("opposites", {})
        print(f"questions, {name}: single {row.get('single', float('nan')):.3f}, averaged {row['averaged']:.3f}, "
              f"opposites {opposites.get('right', '-')} of {opposites.get('of', '-')}")  # fmt: skip
    return out


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--untrained", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    untrained = CheckpointEmbedder.open(args.untrained) if args.untrained else None
    models = Models(trained=CheckpointEmbedder.open(args.checkpoint), untrained=untrained)
    results = evaluate(models, args.data, load_splits(args.splits))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
