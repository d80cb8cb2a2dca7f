"""Results in, pictures and self-contained HTML pages out."""

from sensorlm.report.html import Page, Result

__all__ = ["Page", "Result"]
