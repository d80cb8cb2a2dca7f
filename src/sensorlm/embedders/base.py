"""The protocol every embedder keeps: days or texts in, (n, e) unit vectors out, batches streamed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sensorlm.days import with_sleep_log
from sensorlm.records import DayMatrix

Window = tuple[int, int]


@runtime_checkable
class Embedder(Protocol):
    """What tasks know of a model."""

    dim: int
    """Length e of a vector."""
    logit_scale: float
    """Learned inverse temperature, already exponentiated."""
    logit_bias: float
    """Learned bias of the sigmoid loss; 0 for a softmax-trained model."""
    name: str
    """What a report calls it."""

    def embed_days(self, days: Iterable[DayMatrix], window: Window | None = None) -> NDArray[np.float32]:
        """(n, e) unit vectors. With `window`, minutes outside [start, end) are hidden first."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, e) unit vectors."""
        ...


SLEEP_LOG = "reads_sleep_log"
"""Of an embedder, a checkpoint's `extra` and an export's description: whether the model learned to read a device's
sleep log from the sleep_stage channels. Where nothing is said it did not."""


CLASS_SCALE = "class_logit_scale"
"""Of an embedder, a checkpoint's `extra` and an export's description: the inverse temperature of the softmax over
classes (Guo et al. 2017, "On calibration of modern neural networks"). `logit_scale` was learned for one statement
against its contrary, and among classes it is too sure."""


def class_scale(embedder: Embedder) -> float:
    """The fitted inverse temperature of a softmax over classes; the learned `logit_scale` where none was fitted."""
    fitted = getattr(embedder, CLASS_SCALE, None)
    return embedder.logit_scale if fitted is None else float(fitted)


def with_logs(embedder: Embedder, days: Iterable[DayMatrix]) -> Iterator[DayMatrix]:
    """Whole days as their owner searches them: with the sleep log, where the model can read one.

    Not for a question whose answer is that log.
    """
    read = bool(getattr(embedder, SLEEP_LOG, False))
    return (with_sleep_log(day) if read else day for day in days)
