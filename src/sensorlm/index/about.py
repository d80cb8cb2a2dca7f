"""Where an index lies in, what it says of itself out: width, model, and vectors by which to know that model again.

On a disk this is `index.json`. On an object store it is a table of one row, so that another machine finds it too.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sensorlm.errors import SearchError
from sensorlm.files import write_json

FORMAT, VERSION = "sensorlm-index", 2
FILE, TABLE = "index.json", "about"
ALIKE = 0.98
"""Least cosine of every reference vector of two forms of one model: INT8 reaches 0.99, others stay below 0.9."""

Reference = Callable[[], NDArray[np.float32]]
"""Gives (n, dim) vectors of fixed days and sentences by the model at hand (embedders.reference)."""


def describe(
    folder: Path, place: str, database: Any, dim: int | None, model: str, reference: Reference | None  # noqa: ANN401
) -> dict[str, Any]:  # fmt: skip
    """What an index says of itself, after it was written for a new one.

    Raises:
        SearchError: no index there, something else, another format, width or model.
    """
    remote = "://" in place
    data = _from_table(database, place) if remote else _from_file(folder / FILE)
    if data is None:
        if dim is None:
            raise SearchError(f"{place}: there is no index. Make one with: sensorlm index DATASET -o {place}")
        if not remote and folder.exists() and any(folder.iterdir()):
            raise SearchError(f"{place} exists and is no index. Give an empty or new folder.")
        known = [] if reference is None else np.round(reference().astype(float), 5).tolist()
        data = {"format": FORMAT, "version": VERSION, "dim": dim, "model": model, "reference": known}
        if remote:
            database.create_table(TABLE, pa.table({"json": [json.dumps(data)]}))
        else:
            write_json(folder / FILE, data)
    if (data["format"], data["version"]) != (FORMAT, VERSION):
        raise SearchError(
            f"{place} is of {(data['format'], data['version'])}, not {(FORMAT, VERSION)}. Make a new index."
        )
    check(data, place, dim, model, reference)
    return data


def check(data: dict[str, Any], place: str, dim: int | None, model: str, reference: Reference | None) -> None:
    """Whether a model's vectors may be compared with those of an index.

    The same weights may. Others may where they are another form of the same model (INT8, ONNX): where every one of
    their reference vectors lies within a cosine of ALIKE of the one that is kept.

    Raises:
        SearchError: another width, or another model.
    """
    if dim is not None and dim != data["dim"]:
        raise SearchError(f"{place} holds vectors of {data['dim']} numbers, this model gives {dim}. Make a new index.")
    if not model or model == data["model"]:
        return
    kept = np.asarray(data.get("reference", []), np.float32)
    found = f"{place} was made with model {data['model']!r}, not {model!r}"
    if reference is None or not kept.size:
        raise SearchError(f"{found}. Give the same --model, or make a new index.")
    mine = reference()
    shared = min(len(kept), len(mine))
    if (worst := float((kept[:shared] * mine[:shared]).sum(axis=1).min())) < ALIKE:
        raise SearchError(
            f"{found}, and their vectors of the same days and sentences differ (cosine {worst:.3f}, at least {ALIKE} "
            "between forms of one model). Give the same --model, or make a new index."
        )


def _from_file(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        return _checked(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SearchError(f"{path} cannot be read ({error}). Give a folder `sensorlm index` wrote.") from None


def _from_table(database: Any, place: str) -> dict[str, Any] | None:  # noqa: ANN401
    try:
        found = database.open_table(TABLE)
    except ValueError:
        return None  # what LanceDB says of a table that is not there
    except (OSError, RuntimeError) as error:
        words = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise SearchError(f"{place} cannot be read ({words}). Check the URL and its credentials.") from None
    try:
        return _checked(json.loads(found.to_arrow()["json"][0].as_py()))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SearchError(f"{place}: its table {TABLE!r} cannot be read ({error}). Make a new index.") from None


def _checked(data: Any) -> dict[str, Any]:  # noqa: ANN401
    return dict(data) | {
        "format": data["format"], "version": data["version"], "dim": int(data["dim"]), "model": str(data["model"]),
    }  # fmt: skip
