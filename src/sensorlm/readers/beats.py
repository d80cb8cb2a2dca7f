"""Beat-to-beat intervals in, heart rate variability by the minute out.

Definitions: Task Force of ESC/NASPE 1996 (doi:10.1161/01.CIR.93.5.1043): SDNN is the standard deviation of the normal
intervals, RMSSD the root mean square of successive differences, pNN20 the share of successive differences over 20 ms
(pNN50 with 20 ms, Mietus et al. 2002, doi:10.1136/heart.88.4.378). Intervals outside 300 to 2000 ms, or more than 20 %
off the median of their minute, are artefacts and are left out. Differences count only between beats that follow each
other. Spectral measures need minutes of unbroken beats and are not computed.
"""

import numpy as np
from numpy.typing import NDArray

LOW_MS, HIGH_MS = 300.0, 2000.0
MAX_OFF = 0.2
MIN_BEATS = 20
MIN_COVERED_SECONDS = 20.0
PNN_MS = 20.0


def minute_hrv(
    end_second: NDArray[np.float64], interval_ms: NDArray[np.float64]
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """HRV channels by UTC minute, only minutes with MIN_BEATS beats that cover MIN_COVERED_SECONDS.

    Args:
        end_second: (n,) UTC seconds at which each interval ended.
        interval_ms: (n,) lengths in milliseconds.

    Returns:
        Channel key -> (minutes, values) for rr_med, sdnn0595, rmssd0595 and pnn20.
    """
    order = np.argsort(end_second, kind="stable")
    at, length = end_second[order], interval_ms[order]
    minute = np.floor(at / 60).astype(np.int64)
    out: dict[str, list[tuple[int, float]]] = {"rr_med": [], "sdnn0595": [], "rmssd0595": [], "pnn20": []}
    starts = np.flatnonzero(np.diff(minute, prepend=-1))  # minutes are never -1, so the first one starts a group
    for start, end in zip(starts, np.append(starts, len(minute))[1:], strict=True):
        found = _one(at[start:end], length[start:end])
        for key, value in found.items():
            out[key].append((int(minute[start]), value))
    return {
        key: (np.array([m for m, _ in rows], np.int64), np.array([v for _, v in rows], np.float64))
        for key, rows in out.items()
    }


def interval_hrv(interval_ms: NDArray[np.float64]) -> dict[str, float]:
    """HRV of (n,) intervals that follow each other without holes; empty where too few are sound."""
    return _one(np.cumsum(interval_ms) / 1000.0, interval_ms)


def _one(at: NDArray[np.float64], length: NDArray[np.float64]) -> dict[str, float]:
    inside = (length >= LOW_MS) & (length <= HIGH_MS)
    if inside.sum() < MIN_BEATS:
        return {}
    normal = inside & (np.abs(length - np.median(length[inside])) <= MAX_OFF * np.median(length[inside]))
    if normal.sum() < MIN_BEATS or length[normal].sum() < MIN_COVERED_SECONDS * 1000:
        return {}
    beats = length[normal]
    # Two beats follow each other when the second begins where the first ended (E4 leaves holes between good beats).
    follows = normal[1:] & normal[:-1] & (np.abs(np.diff(at) * 1000 - length[1:]) < 5.0)
    steps = np.diff(length)[follows]
    out = {"rr_med": float(np.median(beats)), "sdnn0595": float(np.std(beats, ddof=1))}
    if len(steps) >= MIN_BEATS // 2:
        out["rmssd0595"] = float(np.sqrt(np.mean(steps**2)))
        out["pnn20"] = float(np.mean(np.abs(steps) > PNN_MS))
    return out
