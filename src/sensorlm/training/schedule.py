"""A step in, a learning rate out: the reference's schedule, the seed's form of it, cosine and constant.

Letters: t the step from 0, T the number of steps. Step 0 of a run with warm-up has rate 0, as in the reference.
"""

import math
from dataclasses import dataclass

from sensorlm.errors import ConfigError

RSQRT_TIMESCALE = 10_000


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Base: a constant rate with a linear warm-up and a linear cool-down; the reference's shape of both."""

    peak: float
    total: int
    """T. In a time-limited run, the steps expected; only `lr_at` reads it."""
    warmup: float = 0.2
    """Steps; below 1 the share of the run."""
    cooldown: float = 0.2

    def __post_init__(self) -> None:
        if self.total < 1:
            raise ConfigError(f"schedule: total={self.total} steps. A run has at least 1.")
        for name in ("peak", "warmup", "cooldown"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ConfigError(f"schedule: {name}={value} is not a number of at least 0.")

    @property
    def warmup_steps(self) -> int:
        """Whole steps of warm-up."""
        return round(self.warmup * self.total) if self.warmup < 1 else round(self.warmup)

    @property
    def cooldown_steps(self) -> int:
        """Whole steps of cool-down."""
        return round(self.cooldown * self.total) if self.cooldown < 1 else round(self.cooldown)

    def shape(self, step: float, warmup: float) -> float:
        """The factor between warm-up and cool-down at `step`."""
        del step, warmup
        return 1.0

    def lr_at(self, step: float) -> float:
        """Rate of step t: peak * min(1, t / warmup) * shape(t) * min(1, (T - t) / cooldown)."""
        warm = min(1.0, step / self.warmup_steps) if self.warmup_steps else 1.0
        left = max(0.0, self.total - step)
        cool = min(1.0, left / self.cooldown_steps) if self.cooldown_steps else 1.0
        return self.peak * warm * self.shape(step, self.warmup_steps) * cool

    def lr_at_time(self, share: float, step: int, warmup_step: int) -> float:
        """Rate in a run limited by minutes.

        Args:
            share: of the time that has passed, 0 to 1.
            step: steps done.
            warmup_step: steps done when the warm-up ended (the current step, while it lasts).
        """
        up, down = (min(1.0, x) if x < 1 else x / self.total for x in (self.warmup, self.cooldown))
        warm = min(1.0, share / up) if up else 1.0
        cool = min(1.0, max(0.0, 1 - share) / down) if down else 1.0
        return self.peak * warm * self.shape(step, warmup_step) * cool


@dataclass(frozen=True, kw_only=True)
class ReferenceRsqrt(Schedule):
    """1 / sqrt(1 + (t - warmup) / 10,000) after the warm-up (big_vision's rsqrt)."""

    timescale: float = RSQRT_TIMESCALE

    def shape(self, step: float, warmup: float) -> float:
        """1 at the end of the warm-up, 1 / sqrt(2) a timescale later."""
        return 1 / math.sqrt(1 + max(0.0, step - warmup) / self.timescale)


@dataclass(frozen=True, kw_only=True)
class RsqrtScheduler(Schedule):
    """sensorlm-rs' form: peak * sqrt(warmup / t), held at the start of the cool-down and taken to 0 from there.

    Differs from the seed: a warm-up of 0 counts as one step, where the seed's rate would be 0 for ever.
    """

    def shape(self, step: float, warmup: float) -> float:
        """sqrt(warmup / t), frozen where the cool-down starts."""
        start = self.total - self.cooldown_steps if self.cooldown_steps else math.inf
        warmup = max(1.0, warmup)
        return math.sqrt(warmup / max(warmup, min(step, start)))


@dataclass(frozen=True, kw_only=True)
class Cosine(Schedule):
    """Half a cosine from the end of the warm-up to 0 at T; it is its own cool-down (open_clip's default)."""

    cooldown: float = 0.0

    def shape(self, step: float, warmup: float) -> float:
        """1 at the end of the warm-up, 0 at T."""
        share = max(0.0, step - warmup) / max(1.0, self.total - warmup)
        return 0.5 * (1 + math.cos(math.pi * min(1.0, share)))

    def lr_at_time(self, share: float, step: int, warmup_step: int) -> float:
        """The same curve over time instead of steps."""
        del step, warmup_step
        return self.lr_at(share * self.total)


SCHEDULES: dict[str, type[Schedule]] = {
    "rsqrt": ReferenceRsqrt,
    "rsqrt-seed": RsqrtScheduler,
    "cosine": Cosine,
    "constant": Schedule,
}
