"""MinuteTable in, DayMatrix of every local day out: 1440 wall-clock minutes, missing where nothing was recorded.

The rules, each kept by a property test:

- A local day is what the wall clock shows: wall minute = UTC minute + offset of that row.
- When the clock goes back (or a traveller flies west) a wall minute comes twice. Its two values are merged by the
  channel's own aggregate, so totals are kept and means stay means. When it goes forward the skipped minutes stay
  unobserved. `minutes_in_day` says how long the day really was: 1380, 1500, or what travel made of it.
- A value of an epoch of k minutes covers [m, m + k), cut short where the next value begins. Totals are divided evenly
  over the covered minutes, all other values hold for each of them. The offset of the epoch's own row applies.
- Gaps stay gaps. No minute is made up, none is carried forward.
- Values outside a channel's range are unobserved and counted.
- Minutes of a device that was not worn are unobserved in the motion channels (`days.nonwear` has the rules).
- An event appears on every local day it touches, in minutes of that day, so a night may start below 0.
- Sleep counts as logged on a day only when a sleep touches it: nobody sleeps never, so a day without any record is one
  the device did not follow, and "did not sleep" is not told of it.
- A day with fewer than `min_observed_minutes` minutes of any channel is left out, and counted.
"""

from sensorlm.days.days import to_days
from sensorlm.days.nonwear import worn_only
from sensorlm.days.report import DaysReport
from sensorlm.days.sleep_log import with_sleep_log

__all__ = ["DaysReport", "to_days", "with_sleep_log", "worn_only"]
