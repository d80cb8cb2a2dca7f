"""A checkpoint in, the inverse temperature of its softmax over classes out: whose probabilities are the likeliest.

    python recipes/class_scale.py CHECKPOINT --data DATA --splits samples/fitabase/splits.json

Temperature scaling (Guo et al. 2017, equation 9). It is fitted on windows of simulated people, whose activity log is
the truth, and of the real people that a model may learn from, in tasks that it can tell at all; the order of classes in
a window does not change. `join.py --class-scale` puts it into a checkpoint.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from packing import CHANNELS

from sensorlm.embedders import Embedder
from sensorlm.embedders.opening import open_embedder
from sensorlm.records import DayMatrix
from sensorlm.simulate import simulate_person
from sensorlm.store.splits import load_splits
from sensorlm.tasks.classify import Asked
from sensorlm.tasks.evaluation import embed_asked
from sensorlm.tasks.metrics import expected_calibration_error
from sensorlm.tasks.real_sets import NEVER_TRAINED, RealSets
from sensorlm.tasks.real_tasks import DIARY, REAL_TASKS, labelled_task
from sensorlm.tasks.scoring import mean_auroc
from sensorlm.tasks.windows import activity_of, labelled_windows, overlap
from sensorlm.tasks.zero_shot import Label, ZeroShotClassifier, lead, softmax

SCALES = np.round(np.geomspace(2, 64, 41), 2)
SEED, PEOPLE_FROM = 5, 30_000_000
DEVICES = {"chest-day": 60, "band": 60}
"""Device -> simulated people, three days of each."""
ASLEEP_KEPT = 400
"""Windows of sleep of each device: else they would be most of all."""
LEAST = 30
"""Windows of a task, and two classes among them."""
LEAST_AUROC = 0.7
"""What nobody can tell from pulse and steps would make every probability an even one."""
KINDS = {
    "sitting or screen": "Desk work|Studying|Reading|Watching TV|Gaming|On the phone screen|Driving|Public transport|"
                         "Socialising",
    "light movement": "Cooking|Shopping|Housework|Standing work|Walking|Walking the dog|Gardening|"
                      "Playing with children",
    "exercise": "Running|Trail running|Treadmill run|Weightlifting|Spinning|Elliptical|Rock climbing|Brisk walking|"
                "Tennis|Golf|Skating",
    "eating": "Eating",
}  # fmt: skip
"""Classes of the diary -> what a simulated log calls them."""
_ACTIVITY = activity_of({label: kind for kind, labels in KINDS.items() for label in labels.split("|")})
Cosines = NDArray[np.float64]
Truth = NDArray[np.intp]


def simulated_kind(day: DayMatrix, start: int, end: int) -> str | None:
    """The diary's class of minutes of a simulated day."""
    slept = sum(overlap(e, start, end) for e in day.events if e.kind == "sleep" and not e.stage)
    return "lying or asleep" if slept >= 0.8 * (end - start) else _ACTIVITY(day, start, end)


def simulated_task(device: str, people: int) -> tuple[list[Asked], list[str]]:
    """Half hours of simulated days as a device of heart rate and steps shows them, and their classes."""
    days = [
        day for i in range(people)
        for day in simulate_person(SEED, PEOPLE_FROM + i, 3, channel_set=CHANNELS, devices={device: 1.0}).days()
    ]  # fmt: skip
    found = labelled_windows(days, simulated_kind, minutes=30, stride=30, needs=("HR", "steps"))
    asleep = [w for w in found if w.label == "lying or asleep"]
    kept = np.random.default_rng(0).permutation(len(asleep))[:ASLEEP_KEPT]
    windows = [w for w in found if w.label != "lying or asleep"] + [asleep[i] for i in kept]
    hidden = np.array([key not in ("HR", "steps") for key in CHANNELS.keys])
    shown = {}
    for place in {w.day for w in windows}:
        values = np.where(hidden, np.float32("nan"), days[place].values)
        shown[place] = replace(days[place], values=values, observed=np.isfinite(values))
    return [Asked(day=shown[w.day], window=(w.start, w.end)) for w in windows], [w.label for w in windows]


def cosines_of(
    embedder: Embedder, classes: Sequence[Label], asked: Sequence[Asked], labels: Sequence[str]
) -> tuple[Cosines, Truth]:  # fmt: skip
    """(n, k) cosines and (n,) true classes."""
    classifier = ZeroShotClassifier(class_names=classes, prompt_template=()).embed(embedder)
    names = [label.name for label in classes]
    vectors = embed_asked(embedder, asked)
    return classifier.similarities(vectors).astype(np.float64), np.array([names.index(label) for label in labels])


def surprise(cosines: Cosines, truth: Truth, scale: float) -> float:
    """Mean negative log-likelihood of the true classes, in nats."""
    said = softmax(cosines, scale)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(said, 1e-12)).mean())


def fitted(tasks: Sequence[tuple[Cosines, Truth]]) -> float:
    """The scale of the least mean surprise over the tasks, each weighing the same."""
    means = [np.mean([surprise(cosines, truth, scale) for cosines, truth in tasks]) for scale in SCALES]
    return float(SCALES[int(np.argmin(means))])


def gather(embedder: Embedder, data: Path, splits: Path) -> dict[str, tuple[Cosines, Truth]]:
    """Name -> cosines and classes of the windows to fit on."""
    sets = RealSets(data, CHANNELS, load_splits(splits))
    diary = [Label(name=kind, descriptions=words) for kind, words in DIARY.items()]
    found = {}
    for device, people in DEVICES.items():
        asked, labels = simulated_task(device, people)
        found[f"simulated, {device}"] = cosines_of(embedder, diary, asked, labels)
    for name, task in REAL_TASKS.items():
        known = task.source in sets.present() and set(task.shows) & set(CHANNELS.keys)
        if task.source in NEVER_TRAINED or not known:
            continue
        made = labelled_task(name, task, sets)
        kept = [i for i, one in enumerate(made.asked) if not sets.held_out(one.day)]
        labels = [made.labels[i] for i in kept]
        if len(kept) >= LEAST and len(set(labels)) > 1:
            found[name] = cosines_of(embedder, made.classes, [made.asked[i] for i in kept], labels)
    return {name: told for name, told in found.items() if area(*told) >= LEAST_AUROC}


def area(cosines: Cosines, truth: Truth) -> float:
    """Macro AUROC, a class ranking by its lead."""
    return float(mean_auroc(truth[:, None] == np.arange(cosines.shape[1]), lead(cosines)))


def table(tasks: dict[str, tuple[Cosines, Truth]], scales: Sequence[float], say: Callable[[str], None]) -> None:
    """Surprise and calibration error of each task at some scales."""
    for name, (cosines, truth) in tasks.items():
        parts = [
            f"{scale:g}: {surprise(cosines, truth, scale):.3f} nats, error "
            f"{expected_calibration_error(softmax(cosines, scale), truth):.3f}"
            for scale in scales
        ]
        say(f"{name}, {len(truth)} windows; " + "; ".join(parts))


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    args = parser.parse_args()
    embedder = open_embedder(args.checkpoint)
    tasks = gather(embedder, args.data, args.splits)
    scale = fitted(list(tasks.values()))
    table(tasks, (embedder.logit_scale, scale), print)
    print(f"class scale: {scale:g}")


if __name__ == "__main__":
    main()
