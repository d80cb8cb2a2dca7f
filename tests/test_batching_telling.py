"""Days of which nothing can honestly be told are left out of training, and only those."""

import datetime as dt

import numpy as np

from sensorlm.batching.telling import telling_rows
from sensorlm.channels import CHANNEL_SETS
from sensorlm.records import DayMatrix
from sensorlm.store import open_dataset, write_dataset


def test_days_of_which_nothing_can_be_told_are_left_out(tmp_path):
    channels = CHANNEL_SETS["sensorlm-34"]

    def day(number, minutes):
        values = np.full((1440, 34), np.nan, np.float32)
        values[:minutes, 0] = 70
        return DayMatrix(
            values=values, observed=~np.isnan(values), channel_keys=channels.keys, person="p", dataset="d",
            date=dt.date(2024, 1, 1) + dt.timedelta(days=number),
        )  # fmt: skip

    write_dataset(tmp_path / "d", [day(0, 1440), day(1, 30), day(2, 720)], channels)
    dataset = open_dataset(tmp_path / "d")
    assert telling_rows(dataset, np.arange(3)).tolist() == [0, 2]
    assert telling_rows(dataset, np.arange(0)).tolist() == []
