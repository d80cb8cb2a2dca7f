"""Rows of a dataset in, batches of tensors out: days z-scored, windows hidden, captions chosen, facts coded."""

from sensorlm.batching.loader import DayLoader
from sensorlm.batching.order import permuted, shuffled
from sensorlm.batching.sampling import Sampling
from sensorlm.batching.tensors import FACTS, PAIRS, Batch, CaptionCodes, to_tensors

__all__ = [
    "FACTS",
    "PAIRS",
    "Batch",
    "CaptionCodes",
    "DayLoader",
    "Sampling",
    "permuted",
    "shuffled",
    "to_tensors",
]
