"""The numbers every clock test decides by, each with what was measured on real recordings to choose it.

"Sound" below: fitabase (24 people), mss (18), mmash (17), Actiwatch (63), t1d_uom epochs (12), nurse_stress (11).
"Broken": the three 5-minute tables of t1d_uom. Every correlation is between ranks.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRules:
    """Thresholds of the clock tests."""

    rhythm_days: int = 7
    """Fewest days (16 observed hours each) on which a missing 24-hour rhythm of heart rate counts: shorter, the
    shuffled-days null is too wide (at 8 days its share of explained variance reaches 0.14)."""
    rhythm_days_activity: int = 14
    """The same for movement, whose rhythm an irregular wearer hides: lowest sound value 0.04, at 10 days."""
    rhythm_present: float = 0.15
    """Share of variance explained by the hour of day, above chance, that shows a rhythm (sound heart rate: 0.30 up)."""
    rhythm_absent: float = 0.12
    """Heart rate under this has no rhythm (sound 0.30 up, broken 0.02 to 0.06)."""
    rhythm_absent_activity: float = 0.05
    """Movement under this has none (sound at 14 days or more: 0.10 up; broken 0.02 to 0.03)."""
    rhythm_z: float = 4.0
    """Standard deviations above the shuffled-days null that a present rhythm must reach."""
    rest_from_hour: float = 21.0
    """The six quietest hours centre between this hour and `rest_to_hour` in every sound person (1:00 to 8:00 seen)."""
    rest_to_hour: float = 10.0
    half_day_days: int = 2
    """Days that are recorded only in one half of the clock, and from end to end of it, before AM and PM are suspect."""

    continuity_absent: float = 0.15
    """Neighbouring bins correlate at 0.21 or more in every sound channel with 178 pairs or more (heart rate outside
    work shifts 0.75 up, movement 0.33 up); shuffled rows give 0, totals booked at the wrong rows 0.08 to 0.12."""

    agree_bins: int = 1000
    """Fewest shared bins on which "no relation at any lag" counts."""
    agree_absent: float = 0.20
    """Lag-0 correlation of quick changes below which (with 3 standard errors added) two channels are unrelated (sound
    heart rate with movement over several days 0.37 up; broken 0.04 to 0.07)."""
    agree_present: float = 0.15
    agree_z: float = 3.0
    """A single lag is asked, so 3 standard errors show agreement."""
    near_minutes: int = 10
    """Lags that count as 0: an E4's heart rate is smoothed and late by a minute, epochs are 5 minutes long."""
    max_lag_minutes: int = 3 * 1440
    shift_z: float = 4.5
    """About 1,700 lags are searched: 4.5 standard errors keep the chance of one false peak under 1 in 100."""
    shift_present: float = 0.25
    """Smallest correlation at another lag that proves a shift (largest at any other lag of a sound pair with 1,000
    shared bins: 0.14)."""
    shift_gain: float = 0.15
    """It must also beat lag 0 by this much: sound pairs peak at 0, and neighbouring lags share part of the peak."""
    doubt_bins: int = 250
    """With this many shared bins a heart rate that does not visibly follow movement is no longer called sound."""
    part_days: int = 7
    """Agreement is asked of each week too, so that a clock that jumps midway is found."""

    sleep_hours: float = 20.0
    sleep_nights: int = 5
    """Least logged sleep with data beside it; three fitabase people with 1 to 3 odd nights show nothing either way."""
    sleep_much_hours: float = 40.0
    sleep_present: float = -0.10
    """Correlation of "asleep" with a channel (sound -0.12 and down; broken +0.03 to +0.09)."""
    sleep_present_much: float = -0.20
    """The same from `sleep_much_hours` on (sound -0.23 and down)."""
    sleep_absent: float = -0.05
    sleep_absent_much: float = -0.15
    """Above this, asleep and awake look alike."""
    sleep_kept: float = 0.91
    """Where the best lag is `sleep_near_minutes` off or more, a sound log keeps 0.98 of its correlation at lag 0, a log
    moved by an hour 0.28 to 0.93."""
    sleep_near_minutes: int = 45
    sleep_shift_present: float = -0.20
    sleep_few_shift_present: float = -0.35
    sleep_few_kept: float = 0.50
    """With fewer nights only a gross shift counts (one sound night keeps 0.83 or more)."""
    sleep_few_hours: float = 3.0

    meals: int = 30
    meal_z: float = 3.0
    """Glucose 75 minutes after a meal against the same times moved to other hours. Never counts against a clock: four
    of the ten sound people do not reach 2."""
