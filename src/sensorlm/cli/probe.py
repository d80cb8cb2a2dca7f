"""`sensorlm probe`: labelled days in, a linear probe on frozen features out, with its k-shot curve; or applied."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import CpuFlag, DaysArgument, JsonFlag, ModelOption, emit

if TYPE_CHECKING:
    from sensorlm.cli.day_source import DaySource
    from sensorlm.embedders.checkpoint import CheckpointEmbedder
    from sensorlm.embedders.onnx import OnnxEmbedder
    from sensorlm.tasks.classify import Asked


def probe(
    data: DaysArgument,
    truth: Annotated[
        str | None, typer.Option(help="CSV day,label[,start,end]; sleep-log; or tag:NAME. What to learn.")
    ] = None,
    model: ModelOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for the fitted probe.")] = None,
    apply: Annotated[Path | None, typer.Option(help="Apply this saved probe instead of fitting one.")] = None,
    window: Annotated[str | None, typer.Option(help="With --apply: minutes of each day, e.g. 10:00-11:00.")] = None,
    shots: Annotated[str, typer.Option(help="Labelled samples a class, several with commas.")] = "1,5,10,50",
    draws: Annotated[int, typer.Option(min=1, help="How often the shots are drawn anew.")] = 5,
    finetune: Annotated[int, typer.Option(min=0, help="Steps of fine-tuning the sensor tower with a head.")] = 0,
    together: Annotated[
        bool, typer.Option("--together", help="Save a probe on plain statistics too; both answer, averaged.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the draws and the fine-tuning.")] = 0,
    cpu: CpuFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Learn classes from few labels: k-shot curve beside plain statistics, scored on people never learned from.

    People of the train and val splits teach, people of the test split are asked. The curve also shows a probe on the
    model's vectors together with one on plain statistics of the minutes, their probabilities averaged; where that is
    better for your classes, --together saves both.

    Example: sensorlm probe days/ --truth labels.csv --model CHECKPOINT -o probe/
    """
    from sensorlm.cli.day_source import device_name, open_days
    from sensorlm.embedders.opening import open_checkpoint, open_embedder
    from sensorlm.errors import ConfigError
    from sensorlm.tasks.scoring import finite

    if (truth is None) == (apply is None):
        raise ConfigError("give --truth to fit a probe, or --apply PROBE to use one: exactly one of them.")
    # Fine-tuning needs weights; everything else only vectors.
    embedder = (open_checkpoint if finetune else open_embedder)(_model_of(apply, model), device=device_name(cpu))
    source = open_days(data, embedder.channel_set)
    if apply is not None:
        result = _applied(apply, embedder, source, window)
    else:
        try:
            counts = tuple(int(k) for k in shots.split(","))
        except ValueError:
            raise ConfigError(f"--shots {shots!r}: give whole numbers with commas, e.g. 1,5,10,50.") from None
        result = _fitted(
            embedder, source, str(truth), output, counts, draws, finetune, seed, together=together
        )  # fmt: skip
    emit(finite(result), as_json=as_json, text=_text(result))


def _model_of(apply: Path | None, model: str | None) -> str | None:
    """A fine-tuned probe carries its own tower."""
    inside = apply / "model" if apply is not None else None
    return str(inside) if model is None and inside is not None and inside.is_dir() else model


def _fitted(
    embedder: "CheckpointEmbedder | OnnxEmbedder", source: "DaySource", truth: str, output: Path | None,
    shots: tuple[int, ...], draws: int, finetune: int, seed: int, *, together: bool,
) -> dict[str, Any]:  # fmt: skip
    from sensorlm.cli.truth_source import truth_source
    from sensorlm.embedders.checkpoint import CheckpointEmbedder
    from sensorlm.embedders.finetune import finetune as tune
    from sensorlm.errors import ConfigError
    from sensorlm.tasks.classify import Asked
    from sensorlm.tasks.few_shot import few_shot_curve, score_classes_by, score_probe
    from sensorlm.tasks.pair_probe import PairProbe

    told = truth_source(truth)(source)
    overrides = source.dataset.manifest.split_overrides if source.dataset is not None else {}
    sides: dict[str, tuple[list[Asked], list[str]]] = {"learn": ([], []), "test": ([], [])}
    for place, row in told:
        day = source.days[place]
        side = sides[_side(day.dataset, day.person, overrides)]
        side[0].append(Asked(day=day, window=row.window))
        side[1].append(row.labels[0])
    if not sides["learn"][0] or not sides["test"][0]:
        raise ConfigError(
            f"{source.name}: {len(sides['learn'][0])} labels of people to learn from, {len(sides['test'][0])} of test "
            "people. Label people of both, or import with a splits file."
        )
    (learn, labels), (test, test_labels) = sides["learn"], sides["test"]
    plain = {"learn": _statistics(learn), "test": _statistics(test)}
    tuned: CheckpointEmbedder | None = None
    if isinstance(embedder, CheckpointEmbedder) and finetune:
        tuned = tune(embedder, [a.day.shown(*a.window) for a in learn], labels, steps=finetune, seed=seed)
        embedder = tuned
    features, test_features = (_features(embedder, asked) for asked in (learn, test))
    curve = few_shot_curve(
        {"model": features, "plain statistics": plain["learn"]}, labels,
        {"model": test_features, "plain statistics": plain["test"]}, test_labels, shots=shots, draws=draws, seed=seed,
    )  # fmt: skip
    fitted = PairProbe.fit(features, plain["learn"], labels, model=embedder.name)
    macro, balanced = score_probe(fitted.vectors, test_features, test_labels)
    both = score_classes_by(fitted.classes_, fitted.probabilities(test_features, plain["test"]), test_labels)
    result: dict[str, Any] = {
        "model": embedder.name, "data": source.name, "truth": truth, "classes": list(fitted.classes_),
        "learn_samples": len(labels), "test_samples": len(test_labels),
        "test_people": len({a.day.person for a in test}), "finetune_steps": finetune,
        "lp_macro_auroc": macro, "lp_balanced_accuracy": balanced,
        "lp_acc1": _acc1(fitted.vectors, test_features, test_labels),
        "together_macro_auroc": both[0], "together_balanced_accuracy": both[1], "few_shot": curve,
        "chance": {"macro_auroc": 0.5, "balanced_accuracy": 1 / len(fitted.classes_)},
    }  # fmt: skip
    if output is not None:
        kept = fitted if together else PairProbe(vectors=fitted.vectors)
        kept.save(output, truth=truth, data=source.name, lp_macro_auroc=macro)
        if tuned is not None:
            tuned.loaded.model.save_pretrained(output / "model")
        result["output"] = str(output)
    return result


def _side(dataset: str, person: str, overrides: Any) -> str:  # noqa: ANN401
    from sensorlm.store import split_of

    return "test" if split_of(dataset, person, overrides) == "test" else "learn"


def _features(embedder: "CheckpointEmbedder | OnnxEmbedder", asked: list["Asked"]) -> Any:  # noqa: ANN401
    return embedder.embed_days(a.day.shown(*a.window) for a in asked)


def _statistics(asked: list["Asked"]) -> Any:  # noqa: ANN401
    import numpy as np

    from sensorlm.tasks.baselines import window_statistics

    return np.concatenate([window_statistics(a.day.values[None, a.window[0] : a.window[1]]) for a in asked])


def _acc1(fitted: Any, features: Any, labels: list[str]) -> float:  # noqa: ANN401
    return float(sum(a == b for a, b in zip(fitted.predict(features), labels, strict=True)) / len(labels))


def _applied(
    folder: Path, embedder: "CheckpointEmbedder | OnnxEmbedder", source: "DaySource", window: str | None
) -> dict[str, Any]:  # fmt: skip
    from sensorlm.cli.day_source import read_window
    from sensorlm.records import MINUTES_PER_DAY
    from sensorlm.tasks.classify import Asked
    from sensorlm.tasks.pair_probe import PairProbe

    fitted = PairProbe.load(folder)
    shown = read_window(window) or (0, MINUTES_PER_DAY)
    asked = [Asked(day=day, window=shown) for day in source.days]
    scores = fitted.probabilities(_features(embedder, asked), _statistics(asked))
    answers = []
    for one, row in zip(asked, scores, strict=True):
        seen = bool(one.day.observed[shown[0] : shown[1]].any())
        answers.append(
            {
                "day": one.day.key, "label": fitted.classes_[int(row.argmax())] if seen else None,
                "probability": float(row.max()) if seen else None,
            }
        )  # fmt: skip
    return {"probe": str(folder), "model": embedder.name, "classes": list(fitted.classes_), "answers": answers}


def _text(result: dict[str, Any]) -> str:
    if "answers" in result:
        return "\n".join(f"{a['day']}  {a['label'] or '(nothing recorded)'}" for a in result["answers"])
    lines = [
        f"{result['learn_samples']} labels to learn from, {result['test_samples']} of {result['test_people']} others",
        f"{'labels a class':>18}  {'model':>8}  {'plain statistics':>16}  {'together':>8}   (macro AUROC; chance 0.5)",
    ]
    curve = result["few_shot"]
    for k in curve["model"]:
        rows = (curve[name][k] for name in ("model", "plain statistics", "together"))
        shown = (f"{r['macro_auroc']:.3f}" if r else "too few" for r in rows)
        lines.append("{:>18}  {:>8}  {:>16}  {:>8}".format(k, *shown))
    if "output" in result:
        lines.append(f"probe written to {result['output']}")
    return "\n".join(lines)
