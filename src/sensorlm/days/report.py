"""What happened while minutes became days: counts by rule, for the terminal and for JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class DaysReport:
    """Counts over all people given to `to_days` with this report; complete when the days are consumed."""

    people: int = 0
    days: int = 0
    days_too_empty: int = 0
    """Local days left out because fewer than `min_observed_minutes` minutes have any channel."""
    minutes_too_empty: int = 0
    """Recorded minutes on those days."""
    long_days: int = 0
    """Days of more than 1440 minutes (clock went back, or travel west)."""
    short_days: int = 0
    merged_minutes: int = 0
    """Wall minutes that came twice and were merged, counted a channel."""
    impossible: dict[str, int] = field(default_factory=dict)
    """Channel -> values outside its range, made unobserved."""
    non_wear_minutes: int = 0
    non_wear_stretches: int = 0
    channels_not_in_set: dict[str, int] = field(default_factory=dict)
    """Recorded channels that the channel set does not have -> people who have them."""
    observed_minutes: dict[str, int] = field(default_factory=dict)
    """Channel -> observed wall minutes on the days that were made."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dict."""
        return asdict(self)

    def lines(self) -> list[str]:
        """The report as lines for a terminal."""
        out = [f"{self.days:,} days of {self.people} people; {self.days_too_empty:,} days had too few minutes"]
        if self.non_wear_minutes:
            out.append(f"  not worn: {self.non_wear_minutes:,} minutes in {self.non_wear_stretches:,} stretches")
        if self.long_days or self.short_days:
            out.append(
                f"  clock changes: {self.long_days} longer and {self.short_days} shorter days, "
                f"{self.merged_minutes:,} repeated minutes merged"
            )
        out += [f"  impossible {key}: {number:,}" for key, number in self.impossible.items()]
        if self.channels_not_in_set:
            out.append(f"  recorded but not in the channel set: {', '.join(self.channels_not_in_set)}")
        return out
