"""MinuteTables in, a quality report out: coverage, wear, impossible values, and whether the clock can be trusted."""

from sensorlm.quality.check import QualityChecker, check, refusal, require_sound
from sensorlm.quality.record import (
    BROKEN,
    CANNOT_TELL,
    SOUND,
    VERDICTS,
    ClockVerdict,
    Evidence,
    PersonQuality,
    QualityReport,
)
from sensorlm.quality.rules import ClockRules
from sensorlm.quality.stored import tables_from_days
from sensorlm.quality.text import report_text

__all__ = [
    "BROKEN", "CANNOT_TELL", "SOUND", "VERDICTS", "ClockRules", "ClockVerdict", "Evidence", "PersonQuality",
    "QualityChecker", "QualityReport", "check", "refusal", "report_text", "require_sound",
    "tables_from_days",
]  # fmt: skip
