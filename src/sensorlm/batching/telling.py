"""Rows of a dataset in, those of whose day something can be told out."""

import numpy as np
from numpy.typing import NDArray

from sensorlm.captions import generate_captions
from sensorlm.records import MINUTES_PER_DAY
from sensorlm.store import Dataset

ROWS_AT_ONCE = 256
STATISTICS = "low_level_caption"


def telling_rows(dataset: Dataset, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows without the days about which not even a statistic can honestly be stated: there is nothing to learn there.

    A channel recorded for half of the day always has its statistics, so only emptier days are asked.
    """
    kept = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        recorded = (~np.isnan(dataset.values(part))).sum(axis=1).max(axis=1)
        telling = recorded >= MINUTES_PER_DAY // 2
        doubtful = np.flatnonzero(~telling)
        if len(doubtful):
            days = [dataset.day(int(part[i])) for i in doubtful]
            pages = generate_captions(days, [STATISTICS], 0, channel_set=dataset.channel_set)
            telling[doubtful] = [STATISTICS in page for page in pages]
        kept.append(part[telling])
    return np.concatenate(kept) if kept else rows
