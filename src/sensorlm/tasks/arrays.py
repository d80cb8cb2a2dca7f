"""X.npy, Y.npy, pid.npy and a label dictionary in, days and labels out: the form other evaluation code exchanges.

X is (n, t, c): t minutes (1440 or fewer) of c channels, NaN where missing. Y is (n,) integers or names, pid (n,) people.
The dictionary maps integers to names, or names to integers. `channels.json`, a list of c channel keys, says what the
columns are; without it they are the channel set's own.
"""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import ChannelSet
from sensorlm.errors import SensorLMError
from sensorlm.records import MINUTES_PER_DAY, DayMatrix

DICTIONARIES = ("label_dictionary.json", "label_dict.json", "labels.json")
FIRST_DATE = dt.date(2000, 1, 1)


@dataclass(frozen=True, kw_only=True)
class LabelledDays:
    """Windows as days (from minute 0 on, the rest not observed) with one label each."""

    days: list[DayMatrix]
    labels: list[str]
    minutes: int
    """How many minutes of each day are asked about."""
    class_names: tuple[str, ...]
    """All names of the dictionary, in its order of numbers."""


def is_arrays(folder: str | Path) -> bool:
    """Whether a folder holds X.npy and Y.npy."""
    return all((Path(folder) / name).is_file() for name in ("X.npy", "Y.npy"))


def read_arrays(folder: str | Path, channel_set: ChannelSet) -> LabelledDays:
    """Read the folder.

    Raises:
        SensorLMError: arrays that cannot be read (pickled ones are refused), do not fit each other or the channels, or
            labels the dictionary does not name.
    """
    folder = Path(folder)
    x, y = _array(folder / "X.npy"), _array(folder / "Y.npy")
    pid = _array(folder / "pid.npy") if (folder / "pid.npy").is_file() else np.arange(len(x))
    keys = _channels(folder, channel_set, x)
    if x.ndim != 3 or x.shape[1] > MINUTES_PER_DAY or x.shape[2] != len(keys) or not len(x):
        raise SensorLMError(
            f"{folder}: X has shape {x.shape}; give (n, minutes, {len(keys)}) with at most {MINUTES_PER_DAY} minutes. "
            "A channels.json with the list of keys says what other columns are."
        )
    if y.shape != (len(x),) or pid.shape != (len(x),):
        raise SensorLMError(f"{folder}: X has {len(x)} samples, Y is {y.shape}, pid {pid.shape}. Give one of each.")
    names = _names(folder, y)
    columns = [channel_set.index(key) for key in keys]
    days, seen = [], {}
    for window, person in zip(x, pid.tolist(), strict=True):
        seen[person] = number = seen.get(person, -1) + 1
        values = np.full((MINUTES_PER_DAY, len(channel_set)), np.nan, np.float32)
        values[: len(window), columns] = np.where(np.isfinite(window), window, np.nan)
        days.append(
            DayMatrix(
                values=values, observed=~np.isnan(values), channel_keys=channel_set.keys, person=str(person),
                date=FIRST_DATE + dt.timedelta(days=number), dataset=folder.name or "arrays",
            )
        )  # fmt: skip
    labels = [names[label] for label in y.tolist()]
    return LabelledDays(days=days, labels=labels, minutes=x.shape[1], class_names=tuple(dict.fromkeys(names.values())))


def _array(path: Path) -> NDArray[Any]:
    try:
        found: NDArray[Any] = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise SensorLMError(f"{path} cannot be read ({error}). Save a plain array with numpy.save.") from None
    return found


def _channels(folder: Path, channel_set: ChannelSet, x: NDArray[Any]) -> tuple[str, ...]:
    path = folder / "channels.json"
    if not path.is_file():
        return channel_set.keys
    try:
        keys = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SensorLMError(f"{path} cannot be read ({error}). Give a JSON list of channel keys.") from None
    if not isinstance(keys, list) or len(set(map(str, keys))) != len(keys):
        raise SensorLMError(f"{path}: give a JSON list of different channel keys, one a column of X.")
    return tuple(map(str, keys))


def _names(folder: Path, y: NDArray[Any]) -> dict[Any, str]:
    """Value of Y -> class name."""
    path = next((folder / name for name in DICTIONARIES if (folder / name).is_file()), None)
    distinct = np.unique(y).tolist()
    if path is None:
        return {value: str(value) for value in distinct}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        pairs = dict(enumerate(data)) if isinstance(data, list) else dict(data.items())
        flipped = all(isinstance(v, int) for v in pairs.values())
        numbered = {int(v): str(k) for k, v in pairs.items()} if flipped else {int(k): str(v) for k, v in pairs.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise SensorLMError(f"{path} cannot be read ({error}). Map numbers to names, e.g. {{\"0\": \"sleep\"}}.") from None
    numbered = dict(sorted(numbered.items()))
    if y.dtype.kind in "US":
        return {name: name for name in [*numbered.values(), *distinct]}
    unknown = [value for value in distinct if value not in numbered]
    if unknown:
        raise SensorLMError(f"{path} has no name for {unknown[:5]}. Name every number of Y.")
    return {number: name for number, name in numbered.items()}
