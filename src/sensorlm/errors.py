"""Every error a user can cause, in one tree under ValueError; bugs of ours are plain AssertionErrors.

A message names the value, the place, the rule and the fix, in that order.
"""


class SensorLMError(ValueError):
    """Something given from outside breaks a stated rule; nothing already on disk was changed."""


class ConfigError(SensorLMError):
    """A configuration contradicts itself or names something that does not exist."""


class ChannelError(SensorLMError):
    """A channel name, channel set or column does not fit."""


class RecordError(SensorLMError):
    """A MinuteTable, Event, DayMatrix, Fact or Caption breaks its own invariants."""


class ReaderError(SensorLMError):
    """An export cannot be read as what it claims to be."""


class ClockError(SensorLMError):
    """A recording's clock cannot be trusted, so no day may be made of it."""


class StoreError(SensorLMError):
    """A dataset folder is missing, half written, of another schema, or damaged."""


class TokenizerError(SensorLMError):
    """A tokenizer file cannot be read, or a text cannot be tokenized as asked."""


class CheckpointError(SensorLMError):
    """A checkpoint is missing, damaged, or of a layout we do not know."""


class TrainingError(SensorLMError):
    """A run cannot start, or had to stop; the last good checkpoint is kept."""


class QuantizationError(SensorLMError):
    """Weights cannot be quantised as asked, or the result is outside the stated tolerance."""


class SearchError(SensorLMError):
    """An index is missing, empty, of another model or width, foreign, or a filter cannot be read."""


class ReportError(SensorLMError):
    """A report is asked to show something that it cannot: a ragged table, a picture that is none."""
