"""Days, their captions and a model in, retrieval both ways out: equal captions are equal answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.records import DayMatrix
from sensorlm.tasks.evaluation import Vectors, person_of
from sensorlm.tasks.metrics import bootstrap_over_people, ranks_of_first_relevant, recall_at_k, relevance_of_duplicates
from sensorlm.tasks.scoring import interval_json

KS = (1, 5, 10)


def retrieval_task(
    name: str, days: Sequence[DayMatrix], texts: Sequence[str], vectors: Mapping[str, Vectors], model: Embedder,
    untrained: Embedder | None, seed: int = 0, *, same: Sequence[str] | None = None,
    plain: NDArray[np.floating[Any]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Captions -> days and days -> captions.

    Args:
        name: which captions these are.
        days: n days.
        texts: the caption of each.
        vectors: "real" and each surrogate -> (n, e) of the model; "untrained" where there is one.
        model: embeds the texts.
        untrained: embeds them for its own vectors.
        seed: of the bootstrap.
        same: n keys, equal where two captions state the same; None: where their words are the same.
        plain: (n, n) scores of days and texts by plain statistics, where somebody taught them.
    """
    relevant = relevance_of_duplicates(same or texts, same or texts)
    words = model.embed_texts(list(texts))
    people = [person_of(day) for day in days]
    scores = vectors["real"] @ words.T
    found = _recalls(scores, relevant)
    floors: dict[str, Any] = {"chance": {k.replace("chance_", ""): v for k, v in found.items() if "chance_" in k}}
    for floor, changed in vectors.items():
        if floor == "untrained" and untrained is not None:
            floors[floor] = _recalls(changed @ untrained.embed_texts(list(texts)).T, relevant)
        elif floor != "real":
            floors[floor] = _recalls(changed @ words.T, relevant)
    if plain is not None:
        floors["plain_statistics"] = _recalls(plain, relevant)
    ranks = {
        "text_retrieval": ranks_of_first_relevant(scores, relevant),
        "image_retrieval": ranks_of_first_relevant(scores.T, relevant.T),
    }
    metrics: dict[str, Any] = {k: v for k, v in found.items() if "chance_" not in k}
    metrics["intervals"] = {
        f"{way}_recall@{k}": interval_json(
            bootstrap_over_people(
                lambda i, r=place, most=k: float((r[i] <= most).mean()),  # type: ignore[misc]
                people, repeats=200, seed=seed,
            )
        )
        for way, place in ranks.items() for k in KS
    }  # fmt: skip
    metrics |= {"num_days": len(days), "num_captions": len(set(same or texts))}
    return {
        "task": "zeroshot_retrieval", "name": name, "metrics": metrics, "floors": floors,
        "samples": {
            "people": people, "keys": [day.key for day in days], **{k: v.tolist() for k, v in ranks.items()},
        },
    }  # fmt: skip


def _recalls(scores: NDArray[np.floating[Any]], relevant: NDArray[np.bool_]) -> dict[str, float]:
    """CLIP_benchmark's keys: text retrieval asks a day for its caption, image retrieval a caption for its day."""
    found: dict[str, float] = {}
    for way, table, answers in (("text_retrieval", scores, relevant), ("image_retrieval", scores.T, relevant.T)):
        for key, value in recall_at_k(table, answers, KS).items():
            if key.startswith("chance_"):
                found[f"chance_{way}_{key.removeprefix('chance_')}"] = value
            else:
                found[f"{way}_{key}"] = value
    return found
