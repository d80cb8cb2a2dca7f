"""Results in, PNG bytes out: every picture of the project by one import."""

from sensorlm.report.curves import (
    Bar,
    bar_picture,
    confusion_picture,
    loss_curve_picture,
    reliability_picture,
    roc_picture,
)
from sensorlm.report.day import day_picture
from sensorlm.report.quality import quality_picture

__all__ = [
    "Bar", "bar_picture", "confusion_picture", "day_picture", "loss_curve_picture", "quality_picture",
    "reliability_picture", "roc_picture",
]  # fmt: skip
