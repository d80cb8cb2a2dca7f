"""A MinuteTable in, the minutes without a sign of a wearer out.

A device on a table still writes zeros. Movement channels alone cannot tell that from a still person, so the rule is
cautious: a minute is unworn when no heart, skin or breath channel has a value, no logged sleep covers it, and it lies
in a stretch of at least 180 minutes in which every movement channel reads zero (90 to 180 minutes of zeros is the
range used for actigraphy; the longer end spares people who sleep without logging it least often).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import Channel
from sensorlm.records import MinuteTable

STILL_MINUTES = 180
BODY_GROUPS = frozenset({"heart", "skin", "breath"})


def unworn(table: MinuteTable, channels: Mapping[str, Channel]) -> NDArray[np.bool_]:
    """(n,) True where the device shows no wearer; all False for a table without movement channels."""
    moving = [k for k in table.columns if k in channels and channels[k].group == "activity" and channels[k].low == 0]
    n = len(table.utc_minute)
    if not moving or n == 0:
        return np.zeros(n, np.bool_)
    seen = np.zeros(n, np.bool_)
    moved = np.zeros(n, np.bool_)
    for key in moving:
        seen |= np.isfinite(table.columns[key])
        moved |= np.nan_to_num(table.columns[key]) > 0
    on_body = np.zeros(n, np.bool_)
    for key, values in table.columns.items():
        if key in channels and channels[key].group in BODY_GROUPS:
            on_body |= np.isfinite(values)
    asleep = _asleep(table)
    sign = moved | on_body | asleep
    # The stretch around a row runs from the last sign of a wearer before it to the next one after it.
    epoch = max((int(table.epoch_minutes.get(k, 1)) for k in moving), default=1)
    before = np.maximum.accumulate(np.where(sign, table.utc_minute + epoch, table.utc_minute[0]))
    after = np.minimum.accumulate(np.where(sign, table.utc_minute, table.utc_minute[-1] + epoch)[::-1])[::-1]
    return seen & ~sign & (after - before >= STILL_MINUTES)


def _asleep(table: MinuteTable) -> NDArray[np.bool_]:
    inside = np.zeros(len(table.utc_minute) + 1, np.int32)
    for event in table.events:
        if event.kind == "sleep":
            first, last = np.searchsorted(table.utc_minute, (event.start, event.end))
            inside[first] += 1
            inside[last] -= 1
    covered: NDArray[np.bool_] = np.cumsum(inside[:-1]) > 0
    return covered
