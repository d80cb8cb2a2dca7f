"""Unit vectors and what they are of in, the nearest of them out: a table for the rows, a vector library for the rest."""

from sensorlm.index.days import DayIndex, Hit
from sensorlm.index.vectors import VectorStore

__all__ = ["DayIndex", "Hit", "VectorStore"]
