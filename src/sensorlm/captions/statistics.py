"""What can be asked of a day: one table of statistics, each over all days and windows at once.

A statistic gives NaN where the day cannot tell. The rule for channels: at least `share` of the window's minutes must
have been observed (half of them unless the table says otherwise, and at least one). The rule for events: the kind
must have been logged that day; for sleep, a night in the day's first half too, or a sleep in the window itself; for a
stage of sleep ("event:sleep:awake"), stages in that day's log, and more than "awake" among them unless it is asked for.
Channels that two others give together ("HR@walking") have their own rule: see `derived`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sensorlm.captions import spells
from sensorlm.captions.event_tracks import EventTrack
from sensorlm.captions.stretches import (
    bouts_above,
    busiest_mean,
    busiest_minute,
    busiest_share,
    fall_after_max,
    hours_above,
    long_gaps,
    minute_of_share,
    quietest_mean,
    quietest_minute,
)
from sensorlm.captions.tracks import Floats, Track, Windows, longest_run

HALF = 0.5
PEAK_MINUTES = 40
"""Length of a peak and of each of its feet: one bin of the reference's 36."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """How one statistic is computed and what it means."""

    channel: Callable[[Track, Windows], Floats] | None = None
    event: Callable[[EventTrack, Windows], Floats] | None = None
    share: float = HALF
    """Least observed share of the window for an answer (channels)."""
    unit: str = "channel"
    """"channel" (the channel's own), "minutes", "minute" (of the day), "share", "times" or "count"."""
    meaning: str


def change(track: Track, w: Windows) -> Floats:
    """Mean of the last `argument` minutes minus mean of the first; 0 means the two halves."""
    edge = np.minimum(np.where(w.argument > 0, np.floor(w.argument), w.length // 2), w.length)
    first = track.solid_mean(w.part(w.start, w.start + edge), HALF)
    return track.solid_mean(w.part(w.end - edge, w.end), HALF) - first


def start_less_rest(track: Track, w: Windows) -> Floats:
    """Mean of the first `argument` minutes minus mean of those after them."""
    edge = w.start + np.minimum(np.floor(w.argument), w.length)
    return track.solid_mean(w.part(w.start, edge), HALF) - track.solid_mean(w.part(edge, w.end), HALF)


def end_less_rest(track: Track, w: Windows) -> Floats:
    """Mean of the last `argument` minutes minus mean of those before them."""
    edge = w.end - np.minimum(np.floor(w.argument), w.length)
    return track.solid_mean(w.part(edge, w.end), HALF) - track.solid_mean(w.part(w.start, edge), HALF)


def peak_height(track: Track, w: Windows) -> Floats:
    """Mean of the 40 minutes from `argument` minus the higher of the window's first and last 40 minutes."""
    core, left, right = _core_and_feet(track, w)
    return core - np.maximum(left, right)


def drop_depth(track: Track, w: Windows) -> Floats:
    """The lower of the window's first and last 40 minutes minus the mean of the 40 minutes from `argument`."""
    core, left, right = _core_and_feet(track, w)
    return np.minimum(left, right) - core


def _core_and_feet(track: Track, w: Windows) -> tuple[Floats, Floats, Floats]:
    spans = (w.argument, w.start, w.end - PEAK_MINUTES)
    core, left, right = (track.solid_mean(w.part(s, s + PEAK_MINUTES), HALF) for s in spans)
    return core, left, right


def spread(track: Track, w: Windows) -> Floats:
    """Highest minus lowest value."""
    return track.highest(w) - track.lowest(w)


def minute_of_max(track: Track, w: Windows) -> Floats:
    """Minute of the day of the first highest value."""
    high = np.where(track.observed, track.values, -np.inf)
    return w.each(len(track), lambda s, e, _: s + high[:, s:e].argmax(1).astype(float), argument=False)


def minute_of_min(track: Track, w: Windows) -> Floats:
    """Minute of the day of the first lowest value."""
    low = np.where(track.observed, track.values, np.inf)
    return w.each(len(track), lambda s, e, _: s + low[:, s:e].argmin(1).astype(float), argument=False)


def longest_above(track: Track, w: Windows) -> Floats:
    """Most minutes in a row above the argument; a missing minute ends the run."""
    return w.each(len(track), lambda s, e, a: longest_run(track.over(a)[:, s:e]))


def longest_below(track: Track, w: Windows) -> Floats:
    """Most minutes in a row below the argument; a missing minute ends the run."""
    return w.each(len(track), lambda s, e, a: longest_run(track.over(a, below=True)[:, s:e]))


def first_above(track: Track, w: Windows) -> Floats:
    """Minute of the day of the first value above the argument; NaN where there is none."""

    def one(s: int, e: int, a: float) -> Floats:
        over = track.over(a)[:, s:e]
        return np.where(over.any(1), s + over.argmax(1), np.nan)

    return w.each(len(track), one)


def last_above(track: Track, w: Windows) -> Floats:
    """Minute of the day of the last value above the argument; NaN where there is none."""

    def one(s: int, e: int, a: float) -> Floats:
        over = track.over(a)[:, s:e]
        return np.where(over.any(1), e - 1 - over[:, ::-1].argmax(1), np.nan)

    return w.each(len(track), one)


def span_above(track: Track, w: Windows) -> Floats:
    """Minutes from the first value above the argument to the last, both counted; NaN where there is none."""
    return last_above(track, w) - first_above(track, w) + 1


def coverage(track: Track, w: Windows) -> Floats:
    """Observed share of the window; always an answer, 0 where nothing was recorded."""
    return np.asarray(track.count(w) / np.maximum(w.length, 1), np.float64)


def longest_gap(track: Track, w: Windows) -> Floats:
    """Most minutes in a row without a value; always an answer."""
    return w.each(len(track), lambda s, e, _: longest_run(~track.observed[:, s:e]), argument=False)


def _share(track: Track, w: Windows, *, below: bool) -> Floats:
    return np.asarray(track.minutes_over(w, below=below) / np.maximum(track.count(w), 1), np.float64)


STATISTICS: Mapping[str, Statistic] = {
    "mean": Statistic(channel=Track.mean, meaning="mean of the observed minutes"),
    "max": Statistic(channel=Track.highest, meaning="highest observed value"),
    "min": Statistic(channel=Track.lowest, meaning="lowest observed value"),
    "std": Statistic(channel=Track.std, meaning="population standard deviation"),
    # A sum over a window with holes is too low, so more of it must be there.
    "total": Statistic(channel=Track.total, share=0.75, meaning="sum of the observed minutes"),
    "change": Statistic(channel=change, share=0, meaning="last minutes minus first minutes"),
    "start_less_rest": Statistic(channel=start_less_rest, share=0, meaning="first minutes minus those after them"),
    "end_less_rest": Statistic(channel=end_less_rest, share=0, meaning="last minutes minus those before them"),
    "peak_height": Statistic(channel=peak_height, share=0, meaning="height of a peak over its feet"),
    "drop_depth": Statistic(channel=drop_depth, share=0, meaning="depth of a drop under its feet"),
    "minutes_above": Statistic(channel=Track.minutes_over, unit="minutes", meaning="minutes above the argument"),
    "minutes_below": Statistic(
        channel=lambda track, w: track.minutes_over(w, below=True), unit="minutes", meaning="minutes below it"
    ),
    "share_above": Statistic(
        channel=lambda track, w: _share(track, w, below=False), unit="share", meaning="share of observed minutes above"
    ),
    "share_below": Statistic(
        channel=lambda track, w: _share(track, w, below=True), unit="share", meaning="share of observed minutes below"
    ),
    "minute_of_max": Statistic(channel=minute_of_max, unit="minute", meaning="when the highest value came"),
    "minute_of_min": Statistic(channel=minute_of_min, unit="minute", meaning="when the lowest value came"),
    "longest_above": Statistic(channel=longest_above, unit="minutes", meaning="longest run above the argument"),
    "longest_below": Statistic(channel=longest_below, unit="minutes", meaning="longest run below the argument"),
    "first_above": Statistic(channel=first_above, unit="minute", meaning="first minute above the argument"),
    "last_above": Statistic(channel=last_above, unit="minute", meaning="last minute above the argument"),
    "span_above": Statistic(channel=span_above, unit="minutes", meaning="from the first minute above it to the last"),
    "busiest_mean": Statistic(channel=busiest_mean, meaning="highest mean of so many minutes in a row"),
    "quietest_mean": Statistic(channel=quietest_mean, meaning="lowest mean of so many minutes in a row"),
    "busiest_minute": Statistic(channel=busiest_minute, unit="minute", meaning="middle of the busiest so many minutes"),
    "quietest_minute": Statistic(
        channel=quietest_minute, unit="minute", meaning="middle of the quietest so many minutes"
    ),
    "busiest_share": Statistic(channel=busiest_share, share=0.75, unit="share", meaning="their share of the sum"),
    "minute_of_share": Statistic(
        channel=minute_of_share, share=0.75, unit="minute", meaning="when that share of the sum was reached"
    ),
    "hours_above": Statistic(channel=hours_above, share=0.75, unit="count", meaning="hours with a mean above it"),
    "bouts_above": Statistic(channel=bouts_above, unit="count", meaning="times of ten minutes and more above it"),
    "spread": Statistic(channel=spread, meaning="highest minus lowest observed value"),
    "fall_after_max": Statistic(channel=fall_after_max, meaning="highest value minus ten minutes' mean so long after"),
    "coverage": Statistic(channel=coverage, share=-1, unit="share", meaning="observed share of the window"),
    "longest_gap": Statistic(channel=longest_gap, share=-1, unit="minutes", meaning="longest run of missing minutes"),
    "long_gaps": Statistic(channel=long_gaps, share=-1, unit="count", meaning="gaps of so many minutes and more"),
    "event_minutes": Statistic(event=EventTrack.minutes, unit="minutes", meaning="minutes inside such events"),
    "event_share": Statistic(event=EventTrack.share, unit="share", meaning="share of the window inside such events"),
    "event_count": Statistic(event=EventTrack.count, unit="count", meaning="events that touch the window"),
    "event_entries": Statistic(event=EventTrack.entries, unit="count", meaning="the same, 0 in a log without a night"),
    "event_start": Statistic(event=EventTrack.start, unit="minute", meaning="start of the longest one, uncut"),
    "event_end": Statistic(event=EventTrack.end, unit="minute", meaning="end of the longest one, uncut"),
    "event_middle": Statistic(event=EventTrack.middle, unit="minute", meaning="middle of the longest one, uncut"),
    "event_longest": Statistic(event=EventTrack.longest, unit="minutes", meaning="length of the longest one, uncut"),
    "event_part": Statistic(event=EventTrack.part, unit="share", meaning="their share of all such events' minutes"),
    "event_unbroken": Statistic(event=EventTrack.unbroken, unit="minutes", meaning="longest stretch without a gap"),
    # How spells and hours are weighed against each other; a hole would part a spell, so more must be there.
    "spells_above": Statistic(channel=spells.spells_above, share=0.75, unit="count", meaning="runs above the argument"),
    "mean_spell_above": Statistic(
        channel=spells.mean_spell_above, share=0.75, unit="minutes", meaning="mean length of the runs above it"
    ),
    "longest_part_above": Statistic(
        channel=spells.longest_part_above, share=0.75, unit="share", meaning="the longest run's share of those minutes"
    ),
    "mean_still": Statistic(
        channel=spells.mean_still, share=0.75, unit="minutes", meaning="mean length of runs without a step"
    ),
    "long_stills": Statistic(
        channel=spells.long_stills, share=0.75, unit="count", meaning="runs of so many minutes without a step"
    ),
    "long_still_part": Statistic(
        channel=spells.long_still_part, share=0.75, unit="share", meaning="their share of all minutes without a step"
    ),
    "sum_part_above": Statistic(
        channel=spells.sum_part_above, share=0.75, unit="share", meaning="share of the sum in minutes above it"
    ),
    "first_bout": Statistic(
        channel=spells.first_bout, share=0.75, unit="minute", meaning="start of the first ten minutes above it"
    ),
    "last_bout": Statistic(
        channel=spells.last_bout, share=0.75, unit="minute", meaning="end of the last ten minutes above it"
    ),
    "between_bouts": Statistic(
        channel=spells.between_bouts, share=0.75, unit="minutes", meaning="longest time between ten minutes above it"
    ),
    "evenness": Statistic(channel=spells.evenness, share=0.75, unit="share", meaning="how evenly hours share the sum"),
    "peak_hour": Statistic(channel=spells.peak_hour, share=0.75, unit="times", meaning="highest hour over mean hour"),
    "steady_hours": Statistic(
        channel=spells.steady_hours, share=0.75, unit="count", meaning="hours with a deviation under the argument"
    ),
    "jumps": Statistic(channel=spells.jumps, share=0.75, unit="count", meaning="sudden rises by more than it"),
    "jitter": Statistic(channel=spells.jitter, meaning="mean change from one minute to the next"),
    "busiest_lead": Statistic(channel=spells.busiest_lead, meaning="busiest so many minutes less the window's mean"),
    "amplitude": Statistic(
        channel=spells.amplitude, share=0.75, unit="share", meaning="ten busiest against five quietest hours"
    ),
}
