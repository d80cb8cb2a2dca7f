"""Channel sets: names, units, z-score constants, valid ranges and how a minute aggregates. JSON in, ChannelSet out.

The 34 and 26 channels, their order, means and standard deviations are the reference's (captioning constants of the
released code); its units are inferred, and "code" marks a device-scaled 0-255 feature.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import ChannelError

AGGREGATES = ("mean", "sum", "max", "min", "last")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One signal of a day."""

    key: str
    """The reference's column name, e.g. "HR"."""
    name: str
    """What a caption calls it, e.g. "heart rate"."""
    unit: str
    """Physical unit; "" for a pure number."""
    mean: float
    """Global mean in `unit`, subtracted by `normalise`."""
    std: float
    """Global standard deviation in `unit`."""
    low: float
    """Values under this are impossible: counted by quality, never observed."""
    high: float
    aggregate: str = "mean"
    """How several samples of one minute become one value: one of AGGREGATES."""
    group: str = "other"
    """"heart", "activity", "sleep", "skin", "breath", "light", "metabolism" or "other"."""
    decimals: int = 1
    """Digits after the point that carry meaning when a person reads the number."""
    clamp_zero: bool = False
    """De-normalising never goes under 0 (the reference clamps steps and sleep_coefficient)."""
    binary: bool = False
    """0/1 a minute: captions speak of minutes, not of a mean."""

    def __post_init__(self) -> None:
        if self.aggregate not in AGGREGATES:
            raise ChannelError(f"channel {self.key!r}: aggregate {self.aggregate!r} is not one of {AGGREGATES}.")
        if not (math.isfinite(self.mean) and math.isfinite(self.std) and self.std > 0):
            raise ChannelError(
                f"channel {self.key!r}: mean {self.mean} and std {self.std} must be finite and std above 0."
            )
        if not self.low < self.high:
            raise ChannelError(f"channel {self.key!r}: low {self.low} must be below high {self.high}.")


@dataclass(frozen=True)
class ChannelSet:
    """An ordered set of channels: the columns of a day and the input of a model."""

    name: str
    channels: tuple[Channel, ...]

    def __post_init__(self) -> None:
        if not self.channels:
            raise ChannelError(f"channel set {self.name!r} has no channels. List at least one.")
        twice = sorted({k for k in self.keys if self.keys.count(k) > 1})
        if twice:
            raise ChannelError(f"channel set {self.name!r} names {twice} more than once. Keys must differ.")

    def __len__(self) -> int:
        return len(self.channels)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Channel keys in order."""
        return tuple(c.key for c in self.channels)

    @cached_property
    def mean(self) -> NDArray[np.float64]:
        """(c,) global means."""
        return np.array([c.mean for c in self.channels])

    @cached_property
    def std(self) -> NDArray[np.float64]:
        """(c,) global standard deviations."""
        return np.array([c.std for c in self.channels])

    def __getitem__(self, key: str) -> Channel:
        return self.channels[self.index(key)]

    def index(self, key: str) -> int:
        """Column of `key`.

        Raises:
            ChannelError: the set has no such channel.
        """
        try:
            return self.keys.index(key)
        except ValueError:
            raise ChannelError(
                f"channel {key!r} is not in set {self.name!r}. It has: {', '.join(self.keys)}."
            ) from None

    def normalise(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Z-score (..., c) physical values; NaN stays NaN."""
        return ((values - self.mean) / self.std).astype(np.float32)

    def denormalise(self, z: NDArray[Any]) -> NDArray[np.float32]:
        """Physical units from (..., c) z-scores, steps and sleep_coefficient clamped at 0 as in the reference."""
        values = np.asarray(z, np.float64) * self.std + self.mean
        clamped = [i for i, c in enumerate(self.channels) if c.clamp_zero]
        values[..., clamped] = np.maximum(values[..., clamped], 0)
        return values.astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict that `from_json` reads back equal."""
        return {"name": self.name, "channels": [asdict(c) for c in self.channels]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ChannelSet":
        """Build a set from its JSON form; a bare string in "channels" takes a known channel by key.

        Raises:
            ChannelError: a channel lacks a field, has one that does not exist, or breaks a rule.
        """
        channels = []
        for entry in data.get("channels", ()):
            if isinstance(entry, str):
                channels.append(known_channel(entry))
                continue
            try:
                channels.append(Channel(**entry))
            except TypeError as error:
                raise ChannelError(
                    f"channel {entry.get('key', '?')!r}: {error}. Fields: {', '.join(Channel.__dataclass_fields__)}."
                ) from None
        return cls(str(data.get("name", "custom")), tuple(channels))


def known_channel(key: str) -> Channel:
    """A channel of the built-in tables by key.

    Raises:
        ChannelError: no built-in set has it.
    """
    for table in (SENSORLM_34, SENSORLM_26, EXTRA_CHANNELS):
        for channel in table:
            if channel.key == key:
                return channel
    raise ChannelError(f"no built-in channel is called {key!r}. Describe it in full in the JSON file.")


def load_channel_set(name_or_path: str | Path) -> ChannelSet:
    """A channel set by its name in CHANNEL_SETS, or from a JSON file.

    Raises:
        ChannelError: neither a known name nor a readable JSON file.
    """
    if str(name_or_path) in CHANNEL_SETS:
        return CHANNEL_SETS[str(name_or_path)]
    path = Path(name_or_path)
    try:
        return ChannelSet.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ChannelError(
            f"{str(name_or_path)!r} is neither a channel set ({', '.join(CHANNEL_SETS)}) nor a JSON file."
        ) from None
    except json.JSONDecodeError as error:
        raise ChannelError(f"{path}: not JSON ({error}). See `sensorlm info --channels` for the format.") from None


def _c(
    key: str, name: str, unit: str, mean: float, std: float, low: float, high: float,
    group: str, decimals: int = 1, aggregate: str = "mean", *, clamp_zero: bool = False, binary: bool = False,
) -> Channel:  # fmt: skip
    return Channel(
        key=key, name=name, unit=unit, mean=mean, std=std, low=low, high=high, group=group, decimals=decimals,
        aggregate=aggregate, clamp_zero=clamp_zero, binary=binary,
    )  # fmt: skip


# fmt: off
SENSORLM_34: tuple[Channel, ...] = (
    _c("HR", "heart rate", "bpm", 75.9586, 16.1887, 25, 230, "heart"),
    _c("eda_level_real", "skin conductance", "µS", 4.1767, 5.5893, 0, 100, "skin", 2),
    _c("leads_contact_counts", "skin contact count", "count", 226.4864, 67.3312, 0, 1000, "skin", 0),
    _c("steps", "steps", "steps/min", 5.1679, 18.8926, 0, 300, "activity", 1, "sum", clamp_zero=True),
    _c("jerk_auto", "jerk autocorrelation", "code", 203.4672, 30.0563, 0, 255, "activity"),
    _c("log_energy", "movement energy", "code", 53.0804, 49.6526, 0, 255, "activity"),
    _c("covariance", "axis covariance", "code", 43.4077, 13.9529, 0, 255, "activity"),
    _c("log_energy_ratio", "movement energy ratio", "code", 44.8483, 22.9746, 0, 255, "activity"),
    _c("zero_crossing_std", "zero-crossing spread", "code", 155.1863, 28.2378, 0, 255, "activity"),
    _c("zero_crossing_avg", "zero-crossing rate", "code", 51.0043, 37.4756, 0, 255, "activity"),
    _c("axis_mean", "mean axis acceleration", "code", 123.1659, 21.4710, 0, 255, "activity"),
    _c("altim_std", "altitude variation", "m", 0.0042, 0.0597, 0, 100, "activity", 3),
    _c("kurtosis", "movement kurtosis", "code", 105.5954, 66.8495, 0, 255, "activity"),
    _c("sleep_coefficient", "sleep coefficient", "score", 7.2623, 5.3946, 0, 100, "sleep", 1, clamp_zero=True),
    _c("wrist_temperatures", "skin temperature", "°C", 31.6745, 2.5789, 10, 45, "skin"),
    _c("rr_med", "median beat interval", "ms", 856.8304, 160.1181, 250, 2400, "heart", 0),
    _c("sdnn0595", "SDNN", "ms", 64.8003, 55.5850, 0, 1000, "heart"),
    _c("rmssd0595", "RMSSD", "ms", 65.3421, 74.7831, 0, 1000, "heart"),
    _c("pnn20", "pNN20", "fraction", 0.5667, 0.2623, 0, 1, "heart", 2),
    _c("coherence", "heart rhythm coherence", "", 0.1808, 0.1305, 0, 1, "heart", 2),
    _c("ShEnRR", "beat interval entropy", "nats", 3.0582, 0.6673, 0, 10, "heart", 2),
    _c("LF", "low-frequency power", "ms²", 1551.8376, 2399.4228, 0, 1e6, "heart", 0),
    _c("HF", "high-frequency power", "ms²", 757.2271, 1873.9239, 0, 1e6, "heart", 0),
    _c("LF_HF", "LF/HF ratio", "", 4.1265, 4.5066, 0, 1000, "heart", 2),
    _c("VLF", "very-low-frequency power", "ms²", 1303.3848, 1906.1017, 0, 1e6, "heart", 0),
    _c("spectralEn", "spectral entropy", "", 2.5255, 0.3931, 0, 10, "heart", 2),
    _c("percent_good", "share of good optical signal", "fraction", 0.4846, 0.3439, 0, 1, "heart", 2),
    _c("sleep_stage_awake", "awake in bed", "", 0.0424, 0.1916, 0, 1, "sleep", 2, "max", binary=True),
    _c("sleep_stage_light", "light sleep", "", 0.0434, 0.2021, 0, 1, "sleep", 2, "max", binary=True),
    _c("sleep_stage_deep", "deep sleep", "", 0.1855, 0.3830, 0, 1, "sleep", 2, "max", binary=True),
    _c("sleep_stage_rem", "REM sleep", "", 0.0575, 0.2301, 0, 1, "sleep", 2, "max", binary=True),
    _c("spo2", "blood oxygen", "%", 95.2019, 2.4646, 50, 100, "breath"),
    _c("spo2_confidence", "blood oxygen confidence", "%", 56.6391, 42.1064, 0, 100, "breath", 0),
    _c("spo2_coverage", "blood oxygen coverage", "%", 50.1251, 19.0971, 0, 100, "breath", 0),
)

# Shared by both sets with the same key and constants, unless the 26-channel table gives its own.
_34 = {c.key: c for c in SENSORLM_34}
SENSORLM_26: tuple[Channel, ...] = (
    _34["HR"],
    _c("hr_at_rest_mean", "heart rate at rest", "bpm", 82.8692, 10.8678, 25, 230, "heart"),
    _c("hrv_percent_good", "share of good beats", "fraction", 0.271481, 0.276241, 0, 1, "heart", 2),
    _c("hrv_rr_80th_percentile_mean", "80th percentile beat interval", "ms", 828.891, 108.404, 250, 2400, "heart", 0),
    _c("hrv_rr_20th_percentile_mean", "20th percentile beat interval", "ms", 734.594, 88.4127, 250, 2400, "heart", 0),
    _c("hrv_rr_median", "median beat interval", "ms", 780.926, 94.8684, 250, 2400, "heart", 0),
    _c("rmssd_percentile_0595", "RMSSD", "ms", 34.1895, 23.7834, 0, 1000, "heart"),
    _c("sdnn_percentile_0595", "SDNN", "ms", 45.3356, 24.386, 0, 1000, "heart"),
    _c("hrv_shannon_entropy_rr", "beat interval entropy", "nats", 3.29533, 0.464777, 0, 10, "heart", 2),
    _c("hrv_shannon_entropy_rrd", "beat difference entropy", "nats", 2.98106, 0.48817, 0, 10, "heart", 2),
    _c("step_count", "steps", "steps/min", 10.9729, 16.3806, 0, 300, "activity", 1, "sum", clamp_zero=True),
    *(_34[k] for k in (
        "jerk_auto", "log_energy", "covariance", "log_energy_ratio", "zero_crossing_std", "zero_crossing_avg",
        "axis_mean", "kurtosis", "sleep_coefficient",
    )),
    _c("ceda_magnitude_real_micro_siemens", "skin conductance", "µS", 4.74357, 12.9135, 0, 100, "skin", 2),
    _c("ceda_slope_real_micro_siemens", "skin conductance slope", "µS/min", 3.24443, 1.82195, -100, 100, "skin", 2),
    _34["leads_contact_counts"],
    _c("skin_temperature_magnitude", "skin temperature", "°C", 31.4697, 1.70025, 10, 45, "skin"),
    _c("skin_temperature_slope", "skin temperature slope", "°C/min", 0.265557, 17.2665, -100, 100, "skin", 2),
    _34["altim_std"],
)

# Signals of other devices. Constants are rough population values, set so that z-scores are of order one.
EXTRA_CHANNELS: tuple[Channel, ...] = (
    _c("intensity", "activity intensity", "level 0-3", 0.2, 0.5, 0, 3, "activity", 1),
    _c("mets", "metabolic equivalents", "MET", 1.5, 1.3, 0, 30, "metabolism"),
    _c("calories", "energy spent", "kcal/min", 1.6, 1.4, 0, 40, "metabolism", 1, "sum"),
    _c("distance", "distance", "m/min", 4.0, 15.0, 0, 1500, "activity", 0, "sum"),
    _c("counts", "activity counts", "counts/min", 120.0, 230.0, 0, 60000, "activity", 0, "sum"),
    _c("motion_intensity", "motion intensity", "level 0-7", 1.5, 1.7, 0, 7, "activity"),
    _c("white_light", "white light", "lux", 150.0, 900.0, 0, 200000, "light", 0),
    _c("red_light", "red light", "µW/cm²", 20.0, 120.0, 0, 50000, "light"),
    _c("green_light", "green light", "µW/cm²", 15.0, 100.0, 0, 50000, "light"),
    _c("blue_light", "blue light", "µW/cm²", 10.0, 70.0, 0, 50000, "light"),
    _c("glucose", "glucose", "mmol/L", 8.5, 3.0, 1, 40, "metabolism", 1),
    _c("lying", "lying posture", "fraction", 0.3, 0.45, 0, 1, "activity", 2),
    _c("acc", "acceleration", "g", 0.05, 0.1, 0, 16, "activity", 2),
    _c("stress_level", "device stress level", "score", 30.0, 20.0, 0, 100, "other", 0),
)
# fmt: on


def _extended(name: str, *extra: str) -> ChannelSet:
    return ChannelSet(name, SENSORLM_34 + tuple(known_channel(k) for k in extra))


CHANNEL_SETS: dict[str, ChannelSet] = {
    "sensorlm-34": ChannelSet("sensorlm-34", SENSORLM_34),
    "sensorlm-26": ChannelSet("sensorlm-26", SENSORLM_26),
    "fitbit": _extended("fitbit", "intensity", "mets", "calories", "distance"),
    "actigraphy": _extended("actigraphy", "counts", "white_light", "red_light", "green_light", "blue_light", "lying"),
    "empatica": _extended("empatica", "acc"),
    "garmin": _extended("garmin", "mets", "calories", "distance", "motion_intensity", "glucose", "stress_level"),
}
