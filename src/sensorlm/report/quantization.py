"""What quantisation changed, as one plain dict, in; the same dict with task scores, and a page with pictures, out."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.records import DayMatrix
from sensorlm.report.curves import Bar, bar_picture
from sensorlm.report.html import Page
from sensorlm.tasks.metrics import auroc, bootstrap_over_people, recall_at_k, relevance_of_duplicates
from sensorlm.tasks.questions import Question, answers

F32 = NDArray[np.float32]
_MIN_EACH = 10
"""Days of either answer a question needs."""


def zero_shot_agreement(before: F32, after: F32, classes_before: F32, classes_after: F32) -> float:
    """Share of days whose best class stays the same; (n, e) days and (k, e) class vectors."""
    return float(((before @ classes_before.T).argmax(1) == (after @ classes_after.T).argmax(1)).mean())


def retrieval_change(
    days: tuple[F32, F32], texts: tuple[F32, F32], captions: Sequence[str], people: Sequence[str]
) -> dict[str, float | None]:
    """R@1 from text to day before and after, and the change's interval over people (95%, paired bootstrap).

    Args:
        days: (n, e) before and after.
        texts: (n, e) of the days' captions, before and after.
        captions: the texts; days with the same one all count as its answer.
        people: person of each day.
    """
    relevant = relevance_of_duplicates(captions, captions)
    scores = [text @ day.T for day, text in zip(days, texts, strict=True)]

    def r1(which: int, rows: NDArray[np.intp]) -> float:
        return recall_at_k(scores[which][rows], relevant[rows], ks=(1,))["recall@1"]

    change = bootstrap_over_people(lambda rows: r1(1, rows) - r1(0, rows), people)
    everyone = np.arange(len(people))
    limits = {"change_low": change.low, "change_high": change.high}
    return {
        "r1_before": r1(0, everyone),
        "r1_after": r1(1, everyone),
        "change": change.estimate,
        **{name: value if math.isfinite(value) else None for name, value in limits.items()},
    }


def auroc_change(
    days: Sequence[DayMatrix],
    vectors: tuple[F32, F32],
    read: tuple[Callable[[list[str]], F32], Callable[[list[str]], F32]],
    questions: Sequence[Question],
    people: Sequence[str],
    repeats: int = 200,
) -> dict[str, float | int | None] | None:
    """Macro AUROC of plain-language questions before and after, and the change's interval over people (95%, paired).

    Args:
        days: n days; what is true of them is read off their minutes.
        vectors: (n, e) before and after.
        read: texts to (m, e) vectors, before and after.
        questions: those with fewer than 10 days of either answer are left out.
        people: person of each day.
        repeats: bootstrap samples.

    Returns:
        None where no question is left.
    """
    truth = answers(questions, days)
    asked = [j for j in range(len(questions)) if min((truth[:, j] == 1).sum(), (truth[:, j] == -1).sum()) >= _MIN_EACH]
    if not asked:
        return None
    truth = truth[:, asked]
    scores = [
        which @ np.stack([words(list(questions[j].wordings)).mean(axis=0) for j in asked]).T
        for which, words in zip(vectors, read, strict=True)
    ]

    def macro(which: int, rows: NDArray[np.intp]) -> float:
        found = []
        for j in range(len(asked)):
            told = rows[truth[rows, j] != 0]
            yes = truth[told, j] == 1
            if yes.any() and not yes.all():
                found.append(auroc(yes, scores[which][told, j]))
        return float(np.mean(found)) if found else float("nan")

    change = bootstrap_over_people(lambda rows: macro(1, rows) - macro(0, rows), people, repeats=repeats)
    everyone = np.arange(len(people))
    limits = {"change_low": change.low, "change_high": change.high}
    return {
        "auroc_before": macro(0, everyone), "auroc_after": macro(1, everyone), "change": change.estimate,
        "questions": len(asked), **{name: value if math.isfinite(value) else None for name, value in limits.items()},
    }  # fmt: skip


def quantization_page(report: Mapping[str, Any]) -> Page:
    """A page from the report of `sensorlm quantize`."""
    page = Page(title=f"Quantisation: {report['scheme']}", subtitle=f"of {report['checkpoint']}")
    page.section("Verdict")
    cosine = report["cosine"]
    page.text(report["reason"] or f"Passed: mean cosine {cosine['mean']:.5f} over {cosine['days']} held-out days.")
    size = report["size"]
    rows = [
        ["all weights, MiB", size["float_bytes"] / 2**20, size["quantized_bytes"] / 2**20],
        ["quantised layers, ratio", 1.0, size["layers_ratio"]],
    ]
    if report.get("retrieval"):
        found = report["retrieval"]
        rows.append(["text to day R@1", found["r1_before"], found["r1_after"]])
    if report.get("auroc"):
        found = report["auroc"]
        rows.append([f"AUROC of {found['questions']} questions", found["auroc_before"], found["auroc_after"]])
    page.table(["", "float32", report["scheme"]], rows, "Size and answers")
    for name, what in (("retrieval", "R@1"), ("auroc", "AUROC")):
        found = report.get(name)
        if found and found["change_low"] is not None:
            limits = f"{found['change_low']:+.4f} to {found['change_high']:+.4f}"
            page.text(f"Change of {what}: {found['change']:+.4f} (95% interval over people {limits}).")
    if report.get("zero_shot"):
        page.text(f"Top-1 zero-shot agreement with float32: {report['zero_shot']['agreement']:.4f}.")
    seconds = report["seconds_per_day"]
    page.section("Latency")
    page.table(
        ["model", "seconds a day", "times float32"],
        [[name, value, seconds["float32"] / value] for name, value in seconds.items()],
        "Embedding, medians of one run taken in turns",
    )
    names = list(seconds)
    fastest = max(seconds["float32"] / seconds[n] for n in names)
    speed = [Bar(label=name, value=seconds["float32"] / seconds[name]) for name in names]
    picture = bar_picture(speed, title="Speed", unit="times float32", limits=(0.0, fastest * 1.2))
    page.picture(picture, "Speed against float32", "Bars: how many times faster than float32 each form embeds a day.")
    layers = [layer for layer in report["layers"] if layer["sqnr_db"] is not None]
    if layers:
        page.section("Layers")
        worst = sorted(layers, key=lambda layer: layer["sqnr_db"])[:24]
        bars = [Bar(label=layer["name"], value=layer["sqnr_db"]) for layer in worst]
        top = max(bar.value for bar in bars) * 1.2
        picture = bar_picture(bars, title="Signal to noise", unit="dB", limits=(0.0, max(top, 1.0)))
        page.picture(picture, "The noisiest layers", "Bars: signal-to-noise ratio in decibels of the noisiest layers.")
        page.table(
            ["layer", "SQNR, dB", "left in float because"],
            [[layer["name"], layer["sqnr_db"], layer["excluded"] or None] for layer in layers],
            "Every measured layer",
        )
    return page
