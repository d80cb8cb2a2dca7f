"""Facts and captions in, plain JSON values out, and back.

An open end of a fact (no lower or no upper bound) is left out, because JSON has no infinity.
"""

import math
from collections.abc import Mapping
from typing import Any

from sensorlm.errors import RecordError
from sensorlm.records import MINUTES_PER_DAY, Caption, Fact, Quantity


def quantity_to_json(quantity: Quantity) -> dict[str, Any]:
    """A JSON-ready dict."""
    return {
        "statistic": quantity.statistic, "subject": quantity.subject,
        "start": quantity.start, "end": quantity.end, "argument": quantity.argument,
    }  # fmt: skip


def quantity_from_json(data: Mapping[str, Any]) -> Quantity:
    """Read what `quantity_to_json` wrote.

    Raises:
        RecordError: a field is missing or of the wrong kind.
    """
    try:
        return Quantity(
            statistic=str(data["statistic"]), subject=str(data["subject"]), start=int(data.get("start", 0)),
            end=int(data.get("end", MINUTES_PER_DAY)), argument=float(data.get("argument", 0.0)),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(
            f"not a quantity: {dict(data)!r} ({error!r}). Fields: {', '.join(QUANTITY_FIELDS)}."
        ) from None


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """A JSON-ready dict; infinite bounds are left out."""
    data: dict[str, Any] = {"kind": fact.kind, "quantity": quantity_to_json(fact.quantity)}
    data |= {name: value for name, value in (("low", fact.low), ("high", fact.high)) if math.isfinite(value)}
    if fact.margin:
        # JSON has no infinity, but float() reads this word.
        data["margin"] = fact.margin if math.isfinite(fact.margin) else "inf"
    if fact.stated:
        data["stated"] = [list(entry) for entry in fact.stated]
    return data


def fact_from_json(data: Mapping[str, Any]) -> Fact:
    """Read what `fact_to_json` wrote.

    Raises:
        RecordError: a field is missing or of the wrong kind.
    """
    try:
        return Fact(
            kind=str(data["kind"]), quantity=quantity_from_json(data["quantity"]),
            low=float(data.get("low", -math.inf)), high=float(data.get("high", math.inf)),
            margin=float(data.get("margin", 0.0)),
            stated=tuple((str(n), float(v), str(u)) for n, v, u in data.get("stated", ())),
        )  # fmt: skip
    except RecordError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(f"not a fact: {dict(data)!r} ({error!r}). Fields: {', '.join(FACT_FIELDS)}.") from None


def caption_to_json(caption: Caption) -> dict[str, Any]:
    """A JSON-ready dict."""
    return {
        "key": caption.key, "text": caption.text, "facts": [fact_to_json(fact) for fact in caption.facts],
        "window": list(caption.window), "labels": caption.labels,
    }  # fmt: skip


def caption_from_json(data: Mapping[str, Any]) -> Caption:
    """Read what `caption_to_json` wrote.

    Raises:
        RecordError: a field is missing or of the wrong kind.
    """
    try:
        start, end = data.get("window", (0, MINUTES_PER_DAY))
        return Caption(
            key=str(data["key"]), text=str(data["text"]), facts=tuple(fact_from_json(f) for f in data["facts"]),
            window=(int(start), int(end)), labels=str(data.get("labels", "pairs")),
        )  # fmt: skip
    except RecordError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise RecordError(f"not a caption ({error!r}). Fields: key, text, facts, window, labels.") from None


FACT_FIELDS = tuple(Fact.__dataclass_fields__)
QUANTITY_FIELDS = tuple(Quantity.__dataclass_fields__)
