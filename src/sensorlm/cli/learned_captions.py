"""Days and a model in, captions that the model wrote out, checked against their days: `sensorlm caption --model`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sensorlm.cli.options import progress

if TYPE_CHECKING:
    from sensorlm.config.generation import GenerationConfig

BATCH = 16


def learned_captions(
    path: Path,
    model: str,
    *,
    decoding: "Decoding",
    prefix: str = "",
    limit: int | None = None,
    cpu: bool = False,
    sure: bool = True,
) -> dict[str, Any]:
    """Captions of all days of a dataset, table or export, and the share of their facts that is true.

    Args:
        path: the days.
        model: checkpoint or artefact with a decoder.
        decoding: greedy, beams or nucleus.
        prefix: what every caption begins with, e.g. "Sleep:".
        limit: days at most.
        cpu: do not use a GPU.
        sure: leave out sentences that the model is unsure of, where its checkpoint says how sure it must be.

    Raises:
        SensorLMError: no such days or model, or a model that cannot write.
    """
    from sensorlm.cli.day_source import device_name, open_days
    from sensorlm.embedders.opening import open_checkpoint
    from sensorlm.tasks.caption_facts import fact_score
    from sensorlm.tasks.scoring import finite

    embedder = open_checkpoint(model or None, device=device_name(cpu))
    source = open_days(path, embedder.channel_set)
    days = source.days if limit is None else source.days[:limit]
    config = decoding.config(embedder.caption_room(prefix))
    texts: list[str] = []
    with progress("writing captions", len(days)) as advance:
        for first in range(0, len(days), BATCH):
            part = list(days[first : first + BATCH])
            texts += embedder.caption_days(part, prefix=prefix, config=config, sure=sure)
            advance(len(part))
    entries = [
        {"day": day.key, "key": "learned", "text": text} for day, text in zip(days, texts, strict=True)
    ]  # fmt: skip
    return {
        "input": str(path), "model": embedder.name, "days": len(days), "num_captions": len(texts), "prefix": prefix,
        "decoding": config.to_json(), "captions": entries,
        "facts": finite(fact_score(texts, days, embedder.channel_set)),
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """What the options of the command say."""

    max_tokens: int | None
    beams: int
    temperature: float
    top_p: float
    seed: int

    def config(self, room: int) -> "GenerationConfig":
        """The same for the model; `room` tokens where none are asked for, and --top-p alone samples at temperature 1.

        Raises:
            ConfigError: they contradict each other.
        """
        from sensorlm.config.generation import GenerationConfig

        temperature = 1.0 if self.top_p < 1 and self.temperature == 0 else self.temperature
        return GenerationConfig(
            max_tokens=max(room, 1) if self.max_tokens is None else self.max_tokens, num_beams=self.beams,
            temperature=temperature, top_p=self.top_p, seed=self.seed,
        )  # fmt: skip


def fact_line(facts: dict[str, Any]) -> str:
    """One line for people about the fact score."""
    if facts["true_share"] is None:
        return "No fact that a day can confirm or deny was stated."
    other = facts["true_share_of_other_days"]
    beside = "" if other is None else f" (of other days: {100 * other:.0f}%)"
    return (
        f"{facts['stated']} facts stated, {100 * facts['true_share']:.0f}% of those that can be told are true{beside}; "
        f"{100 * (facts['understood_share'] or 0):.0f}% of the sentences were understood."
    )
