"""A checkpoint, a decoder and real recordings in; how sure it must be to say a sentence, and how much is true, out.

    python recipes/caption_check.py calibrate CHECKPOINT DECODER --data DATA --splits samples/fitabase/splits.json
    python recipes/caption_check.py evaluate CHECKPOINT DECODER --data DATA --splits ... -o results/captions.json

DECODER is the folder that captioner.py wrote. `calibrate` asks people of the validation split and simulated people and
writes DECODER/least.json; `evaluate` asks people of the test split, of whom nothing was learned and nothing set, and
mmash, of which no person was ever trained on. Beside the model: the same captions asked of other days, the sentences
that are most often true whatever the day, and an untrained decoder.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from digests import DAYS_EACH, FEW
from making import DEVICE_MIX, VALIDATION_FIRST
from numpy.typing import NDArray
from packing import CHANNELS
from safetensors.torch import load_file

from sensorlm.captions.digest import SECTIONS, digest_captions, read_sentence
from sensorlm.captions.facts import DayBatch, evaluate
from sensorlm.checkpoint import SensorLM, load_checkpoint
from sensorlm.config.model import DecoderConfig
from sensorlm.days import to_days
from sensorlm.embedders.checkpoint import CheckpointEmbedder
from sensorlm.embedders.writing import LEAST, Said, form, sure_text
from sensorlm.readers import read
from sensorlm.records import DayMatrix
from sensorlm.simulate import simulate_person
from sensorlm.store.splits import load_splits, split_of
from sensorlm.tasks.caption_facts import fact_score
from sensorlm.tasks.metrics import bootstrap_over_people
from sensorlm.tasks.text_metrics import bleu, rouge_l

SOURCES = {"fitabase": "fitabase-parquet", "mss": "mss", "nurse_stress": "nurse", "mmash": "mmash"}
LEAST_DAYS = 20
"""Real answers needed before real people decide how sure a sentence must be; simulated ones always do. Forms of fewer
are put together by what they speak of: on test people a third of what the fifth weights said of sleep was true, and
simulated people had answered for each of those forms alone. (With 30 they did so again for the ninth weights, as 28
sentences about sleep were heard: of what was said of sleep to test people half was true, and so this is 20.)"""
Rows = list[tuple[float, int]]
MOST_DAYS = 400
"""Of one source, drawn by seed where there are more."""
BATCH = 32


def with_decoder(checkpoint: Path, decoder: Path, *, untrained: bool = False) -> CheckpointEmbedder:
    """The checkpoint's model with the decoder of a captioner run."""
    loaded = load_checkpoint(checkpoint)
    config = loaded.config.replace(decoder=json.loads((decoder / "captioner.json").read_text())["decoder"])
    model = SensorLM(config, seed=0)
    state = {k: v for k, v in model.state_dict().items() if k.startswith("decoder.")}
    if not untrained:
        state = {k: v.float() for k, v in load_file(decoder / "decoder.safetensors").items()}
    own = {k: v for k, v in loaded.model.state_dict().items() if not k.startswith("decoder.")}
    model.load_state_dict(own | state)
    model.tokenizer, model.channel_set = loaded.tokenizer, loaded.channel_set
    extra = dict(loaded.extra)
    if (decoder / "least.json").is_file() and not untrained:
        extra |= json.loads((decoder / "least.json").read_text())
    assert isinstance(config.decoder, DecoderConfig)
    return CheckpointEmbedder(replace(loaded, model=model.eval(), config=config, extra=extra), name=checkpoint.name)


def few(days: Iterable[DayMatrix]) -> list[DayMatrix]:
    """The days with all but heart rate and steps hidden, where an hour of these was recorded."""
    kept = np.isin(np.arange(len(CHANNELS)), FEW)
    shown = [
        replace(d, values=np.where(kept, d.values, np.float32("nan")), observed=np.asarray(d.observed & kept))
        for d in days
    ]
    return [day for day in shown if day.observed.any(1).sum() >= 60]


def real_days(data: Path, splits: dict[str, str], split: str, most: int = MOST_DAYS) -> dict[str, list[DayMatrix]]:
    """Days of heart rate and steps of the people of a split, by source; mmash is test people only."""
    out = {}
    for folder, reader in SOURCES.items():
        path = data / folder / "fitabase_minute_all.parquet" if folder == "fitabase" else data / folder
        found: list[DayMatrix] = []
        for table in read(reader, path):
            mine = "test" if folder == "mmash" else split_of(table.dataset, table.person, splits)
            if mine == split:
                found += few(to_days(table, CHANNELS))
        if len(found) > most:
            drawn = np.random.default_rng(0).choice(len(found), most, replace=False)
            found = [found[i] for i in sorted(drawn)]
        if found:
            out[folder] = found
    return out


def simulated_days(people: int) -> list[DayMatrix]:
    """Days of people nobody trained on."""
    days: list[DayMatrix] = []
    for index in range(people):
        person = simulate_person(
            11, 2 * VALIDATION_FIRST + index, DAYS_EACH, channel_set=CHANNELS, devices=DEVICE_MIX
        )  # fmt: skip
        days += few(person.days())
    return days


def written(embedder: CheckpointEmbedder, days: Sequence[DayMatrix], prefix: str = "") -> list[list[Said]]:
    """Sentences of every day."""
    return [
        said
        for i in range(0, len(days), BATCH)
        for said in embedder.caption_sentences(days[i : i + BATCH], prefix=prefix)
    ]


def answers(said: Sequence[list[Said]], days: Sequence[DayMatrix]) -> list[tuple[str, float, int]]:
    """Form, log-likelihood and truth (+1, -1, 0 cannot be told) of every sentence; one that is no digest's is -1.

    So is one about a channel that recorded too little to tell: a model that sees the day should leave it out. Whether
    somebody kept a log of their sleep it cannot see.
    """
    out = []
    for sentences, day in zip(said, days, strict=True):
        batch = DayBatch.from_days([day])
        for text, score in sentences:
            facts = read_sentence(text)
            if facts is None:
                out.append((form(text), score, -1))
            elif facts:
                told = evaluate(facts, batch)[0]
                unlogged = (told == 0).any() and any(f.quantity.subject.startswith("event:") for f in facts)
                out.append((form(text), score, 1 if (told == 1).all() else 0 if unlogged and (told >= 0).all() else -1))
            else:
                out.append((form(text), score, 0))
    return out


def least_score(rows: Sequence[tuple[float, int]], target: float) -> float:
    """The least log-likelihood from which on the share of true ones is at least `target`; inf where there is none.

    Half a false one is added, so that three right answers are not yet proof.
    """
    told = sorted((row for row in rows if row[1]), reverse=True)
    true = np.cumsum([answer == 1 for _, answer in told])
    share = true / (np.arange(len(told)) + 1.5)
    # Equal likelihoods are said together or not at all.
    last = np.append(np.diff([score for score, _ in told]) != 0, True)[: len(told)]
    good = np.flatnonzero((share >= target) & last)
    return float(told[good[-1]][0]) if len(good) else float("inf")


def limits(by_form: dict[str, dict[str, Rows]], subjects: dict[str, str], target: float) -> dict[str, float]:
    """How sure each form must be to be said, inf where it must not be.

    Args:
        by_form: form -> "simulated" and "real" -> log-likelihoods and truth, as `answers` gives them.
        subjects: form -> what it speaks of.
        target: share of true ones wanted.
    """
    told = {name: [row for row in rows["real"] if row[1]] for name, rows in by_form.items()}
    together: dict[str, Rows] = defaultdict(list)
    for name, rows in told.items():
        if len(rows) < LEAST_DAYS:
            together[subjects.get(name, "")] += rows
    out = {}
    for name, rows in sorted(by_form.items()):
        found = [least_score(rows["simulated"], target)] if rows["simulated"] else []
        real = told[name] if len(told[name]) >= LEAST_DAYS else together[subjects.get(name, "")]
        if len(real) >= LEAST_DAYS or not found:
            found.append(least_score(real, target))
        out[name] = max(found)
    return out


def calibrate(args: argparse.Namespace) -> None:
    """Write DECODER/least.json."""
    embedder = with_decoder(args.checkpoint, args.decoder)
    found = real_days(args.data, load_splits(args.splits), "val", args.most)
    groups = {"simulated": simulated_days(args.people), "real": [day for days in found.values() for day in days]}
    by_form: dict[str, dict[str, Rows]] = defaultdict(lambda: defaultdict(list))
    subjects: dict[str, str] = {}
    for group, days in groups.items():
        said = written(embedder, days)
        for text, _ in (sentence for sentences in said for sentence in sentences):
            subjects.setdefault(form(text), next((f.quantity.subject for f in read_sentence(text) or ()), ""))
        for name, score, answer in answers(said, days):
            by_form[name][group].append((score, answer))
    found_limits = limits(by_form, subjects, args.target)
    least = {name: round(limit, 4) for name, limit in found_limits.items() if np.isfinite(limit)}
    for name, limit in found_limits.items():
        rows = by_form[name]
        shares = {
            g: f"{np.mean([a == 1 for _, a in r if a]):.3f} of {sum(a != 0 for _, a in r)}"
            for g, r in rows.items()
            if any(a for _, a in r)
        }
        print(f"{name:50} {limit:8.3f} {shares}")
    (args.decoder / "least.json").write_text(json.dumps({LEAST: least, "caption_target": args.target}, indent=1))


def measure(texts: Sequence[str], days: Sequence[DayMatrix], references: Sequence[str]) -> dict[str, Any]:
    """The fact score with an interval over people, and how like the digests of the same days."""
    score = fact_score(texts, days, CHANNELS)
    each = [fact_score([text], [day], CHANNELS) for text, day in zip(texts, days, strict=True)]
    counts = np.array([(one["true"], one["false"]) for one in each], float)

    def share(rows: NDArray[np.intp]) -> float:
        true, false = counts[rows].sum(0)
        return float(true / (true + false)) if true + false else float("nan")

    interval = bootstrap_over_people(share, [day.person for day in days], repeats=500, seed=0)
    both = [(t, r) for t, r in zip(texts, references, strict=True) if r]
    return score | {
        "low": interval.low, "high": interval.high, "people": len({day.person for day in days}),
        "bleu": bleu([t for t, _ in both], [[r] for _, r in both]),
        "rouge_l": rouge_l([t for t, _ in both], [[r] for _, r in both]),
    }  # fmt: skip


def majority_caption(days: Sequence[DayMatrix]) -> str:
    """The sentences that are most often said, one of each form that is said of half of the days."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for caption in digest_captions(days):
        for sentence in caption.text.split(". ") if caption else ():
            text = sentence.rstrip(".") + "."
            counts[form(text)][text] += 1
    kept = [max(texts, key=texts.__getitem__) for texts in counts.values() if sum(texts.values()) >= len(days) / 2]
    return " ".join(kept)


def evaluate_real(args: argparse.Namespace) -> None:
    """Print and write one row a source and way of writing."""
    embedder = with_decoder(args.checkpoint, args.decoder)
    untrained = with_decoder(args.checkpoint, args.decoder, untrained=True)
    least = embedder.loaded.extra[LEAST]
    always = majority_caption(simulated_days(args.people))
    found = real_days(args.data, load_splits(args.splits), "test", args.most)
    found["all"] = [day for days in found.values() for day in days]
    rows: dict[str, Any] = {}
    for source, days in found.items():
        references = [caption.text if caption else "" for caption in digest_captions(days)]
        said = written(embedder, days)
        ways = {
            "model": [sure_text(s, least) for s in said],
            "model, unsure sentences too": [" ".join(x.text for x in s) for s in said],
            "most frequent sentences": [always] * len(days),
        }
        if source == "all":
            for section in SECTIONS:
                ways[f"model, {section}:"] = [
                    sure_text(s, least, f"{section}:") for s in written(embedder, days, f"{section}:")
                ]
            ways["untrained decoder"] = [" ".join(x.text for x in s) for s in written(untrained, days[:32])]
        rows[source] = {
            way: measure(texts, days[: len(texts)], references[: len(texts)]) for way, texts in ways.items()
        }
        for way, row in rows[source].items():
            print(f"{source:14}{way:30}{_line(row)}", flush=True)
    examples = []
    for source in found:
        for day in found[source][:: max(1, len(found[source]) // 5)][:5]:
            text = sure_text(written(embedder, [day])[0], least)
            told = fact_score([text], [day], CHANNELS)
            examples.append({"day": day.key, "text": text, **{k: told[k] for k in ("true", "false", "cannot_be_told")}})
    for example in examples[: 5 * len(SOURCES)]:
        print(json.dumps(example))
    if args.out:
        args.out.write_text(json.dumps({"rows": rows, "examples": examples}, indent=1, allow_nan=True) + "\n")


def _line(row: dict[str, Any]) -> str:
    return (
        f"true {row['true_share']:.3f} ({row['low']:.3f} to {row['high']:.3f}, {row['people']} people, "
        f"{row['captions']} days) other days {row['true_share_of_other_days']:.3f} understood "
        f"{row['understood_share']:.3f} facts a caption {row['facts_per_caption']:.1f} of all stated "
        f"{row['true_of_stated']:.3f} BLEU {row['bleu']:.3f} ROUGE-L {row['rouge_l']:.3f}"
    )


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("calibrate", "evaluate"))
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("decoder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--splits", type=Path, required=True)
    parser.add_argument("--people", type=int, default=60, help="simulated people asked")
    parser.add_argument("--target", type=float, default=0.97, help="share of true ones wanted of each form of sentence")
    parser.add_argument("--most", type=int, default=MOST_DAYS, help="real days of a source")
    parser.add_argument("-o", "--out", type=Path)
    args = parser.parse_args()
    (calibrate if args.what == "calibrate" else evaluate_real)(args)


if __name__ == "__main__":
    main()
