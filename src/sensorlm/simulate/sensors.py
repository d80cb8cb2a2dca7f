"""Body and wear in, what the device writes out: one (m,) column a channel, NaN where it wrote nothing.

Each step of a real device is here: sampling, smoothing, rounding, motion error, cadence lock, sticky values, zeros or
readings of a table while off, no rows for minutes without steps, epochs of 5 or 15 minutes.
"""

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from sensorlm.channels import known_channel
from sensorlm.simulate.body import Body
from sensorlm.simulate.devices import Unit
from sensorlm.simulate.heart import beat_features, oxygen
from sensorlm.simulate.motion import codes
from sensorlm.simulate.seeds import red_noise, smooth
from sensorlm.simulate.skin import energy, light, skin
from sensorlm.simulate.timeline import AWAKE, AWAKE_IN_BED, DEEP, LIGHT, REM
from sensorlm.simulate.wear import Wear

Array = NDArray[np.float32]
Columns = dict[str, Array]
STAGES = {
    "sleep_stage_awake": AWAKE_IN_BED,
    "sleep_stage_light": LIGHT,
    "sleep_stage_deep": DEEP,
    "sleep_stage_rem": REM,
}
# Channels that need a pulse, with the least signal quality a unit still reports.
NEED_PULSE = {
    "HR": 0.02, "hr_at_rest_mean": 0.02, "spo2": 0.55, "spo2_confidence": 0.10, "spo2_coverage": 0.10,
    **dict.fromkeys(("rr_med", "rmssd0595", "sdnn0595", "pnn20", "coherence", "ShEnRR", "LF", "HF", "LF_HF", "VLF",
                     "spectralEn"), 0.12),
}  # fmt: skip
# What a device that writes while off shows; others keep what a resting watch would read.
OFF_ZERO = frozenset({"steps", "intensity", "distance", "motion_intensity", "counts", "acc", "log_energy",
                      "zero_crossing_avg", "leads_contact_counts", "percent_good", "spo2_confidence", "spo2_coverage",
                      "altim_std"})  # fmt: skip
OFF_MISSING = frozenset({*NEED_PULSE, "eda_level_real", "lying", *STAGES}) - {"spo2_confidence", "spo2_coverage"}
MOVES = frozenset({"steps", "step_count", "intensity", "distance", "motion_intensity", "mets", "calories"})
SPARSE = ("steps", "distance", "intensity")


def measure(body: Body, wear: Wear, unit: Unit, wanted: Collection[str], rng: np.random.Generator) -> Columns:
    """Columns of `wanted` channels that this unit has, per minute of the body's timeline."""
    has = [key for key in unit.device.channels if key in wanted]
    out: Columns = {}
    for keys, make in _MAKERS:
        if any(key in has for key in keys):
            out.update(make(body, wear, unit, rng))
    out = {key: out[key] for key in has}
    for key, column in out.items():
        _take_off(key, column, wear, unit, rng)
        if key in NEED_PULSE:
            column[~wear.pulse] = np.nan
        elif key in MOVES:
            column[~wear.moves] = np.nan
    if unit.habits.moved:
        _disturb(out, wear, unit, rng)
    if unit.sparse_steps and "steps" in out:
        idle = ~(out["steps"] > 0)
        for key in SPARSE:
            if key in out:
                out[key][idle] = np.nan
    if unit.epoch > 1:
        out = {key: into_epochs(column, unit.epoch) for key, column in out.items()}
        if unit.rate_integer and "HR" in out:
            np.rint(out["HR"], out=out["HR"])
    lost = ~wear.stored.reshape(-1, unit.epoch).all(1).repeat(unit.epoch)
    for column in out.values():
        column[lost] = np.nan
    return out


def _take_off(key: str, column: Array, wear: Wear, unit: Unit, rng: np.random.Generator) -> None:
    """Overwrite what is not measured: no pulse, no contact, not worn."""
    quality = NEED_PULSE.get(key)
    if quality is not None:
        lost = ~wear.contact | (wear.good < quality)
        if key == "HR" and unit.sticky:
            _hold(column, lost, unit.sticky)
        else:
            column[lost] = np.nan
    off = ~wear.worn
    if unit.off_gap or key in OFF_MISSING:
        column[off] = np.nan
    elif key in OFF_ZERO:
        column[off] = 0
    elif key == "wrist_temperatures":
        room = 22 + unit.temperature_offset
        column[off] = (room + (column - room) * np.exp(-_since(wear.worn) / 12.0))[off]
    elif key in ("mets", "calories"):
        column[off] = column[wear.worn].min() if wear.worn.any() else np.nan
    else:  # an accelerometer on a table: one still value with a little noise
        still = {"jerk_auto": 222, "kurtosis": 90, "zero_crossing_std": 172, "covariance": 36, "sleep_coefficient": 15}
        column[off] = still.get(key, float(np.nanmedian(column)))


def _disturb(out: Columns, wear: Wear, unit: Unit, rng: np.random.Generator) -> None:
    """A few steps or counts of a device that nobody wears: picked up, pushed, carried in a bag."""
    at = np.flatnonzero(~wear.worn & (rng.random(len(wear.worn), np.float32) < unit.habits.moved / 60))
    size = np.rint(rng.lognormal(2.0, 0.7, len(at))).astype(np.float32)
    for key, scale in (("steps", 1.0), ("step_count", 1.0), ("counts", 6.0), ("intensity", 0.0)):
        if key in out:
            found = out[key][at]
            out[key][at] = np.where(np.isfinite(found), np.maximum(size * scale, key == "intensity"), found)


def _since(worn: NDArray[np.bool_]) -> Array:
    """(m,) minutes since last worn."""
    index = np.arange(len(worn))
    return (index - np.maximum.accumulate(np.where(worn, index, 0))).astype(np.float32)


def _hold(column: Array, lost: NDArray[np.bool_], minutes: int) -> None:
    """Repeat the last value for `minutes` of a loss, then nothing."""
    index = np.arange(len(column))
    last = np.maximum.accumulate(np.where(~lost, index, 0))
    held = lost & (index - last <= minutes)
    column[held] = column[last[held]]
    column[lost & ~held] = np.nan


def into_epochs(column: Array, epoch: int) -> Array:
    """Mean of the observed minutes of each epoch, repeated over it (sums stay per minute); NaN under a third of it."""
    table = column.reshape(-1, epoch)
    seen = np.isfinite(table)
    count = seen.sum(1)
    mean = np.where(seen, table, 0).sum(1) / np.maximum(count, 1)
    mean[count < max(1, epoch // 3)] = np.nan
    return np.repeat(mean, epoch).astype(np.float32)


def _heart_rate(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    true = body.heart.rate
    m = len(true)
    rate = smooth(true, unit.rate_smoothing) if unit.rate_smoothing > 0.3 else true.copy()
    poor = 1 - wear.good
    # Few samples of a restless signal: heavy-tailed error of the minute's mean.
    error = rng.standard_normal(m, np.float32) * (1 + 1.6 * (rng.random(m, np.float32) < 0.10))
    rate += unit.rate_offset + unit.rate_noise * error * (0.55 + 0.9 * poor + 1.5 / np.float32(unit.rate_samples))
    if unit.cadence_lock and unit.device.place == "wrist":
        lock = (red_noise(rng, m, 5.0) > 1.9 - 6 * unit.cadence_lock) & (body.motion.steps > 110) & (wear.good < 0.35)
        rate = np.where(lock, body.motion.steps, rate)
    if unit.rate_integer and unit.epoch == 1:
        rate = np.rint(rate)
    rate = np.clip(rate, 30, 220).astype(np.float32)
    if unit.heart_every > 1:
        quiet = body.motion.effort < 0.4
        grid = (
            rng.random(m, np.float32) * unit.heart_every >= 1
            if unit.irregular
            else np.arange(m) % unit.heart_every != 0
        )
        if unit.epoch == 1:
            rate[quiet & grid] = np.nan
    rest = smooth(np.minimum(np.nan_to_num(rate, nan=70.0), 110).astype(np.float32), 15.0)
    return {"HR": rate, "hr_at_rest_mean": rest}


def _movement(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    """Steps and counts of one accelerometer: what the one takes for more movement, the other does too."""
    counts = _counts(body, unit, rng) if "counts" in unit.device.channels else np.zeros(0, np.float32)
    level = np.clip(np.rint(1.7 * np.log1p(body.motion.wrist / 0.02)), 0, 7)
    return _steps(body, unit, counts, rng) | {
        "counts": _written(counts, unit.device.count_plateau), "acc": body.motion.wrist.copy(),
        "motion_intensity": level.astype(np.float32), "lying": body.motion.lying.copy(),
    }  # fmt: skip


def _steps(body: Body, unit: Unit, counts: Array, rng: np.random.Generator) -> Columns:
    motion = body.motion
    m = len(motion.steps)
    if unit.swing_steps:
        # An arm that swings is a step whatever the legs do: steps grow nearly as counts do, also while seated, and of a
        # walk only a part is seen (Tudor-Locke et al. 2015, Med Sci Sports Exerc 47:839).
        kind = np.exp(np.float32(0.35) * red_noise(rng, m, 12.0))
        gait = np.where(motion.steps > 60, motion.steps * np.float32(unit.step_gain), 0)
        steps = rng.poisson((unit.swing_steps * (counts / 3000) ** 0.8 + gait) * kind).astype(np.float32)
    else:
        steps = motion.steps * np.float32(unit.step_gain)
        steps = np.where(steps < unit.step_floor, 0, steps)
    if unit.fidgets:
        small = np.minimum(motion.trunk, 0.024) * np.where(body.time.stage == AWAKE, 1, 0.02)
        steps = steps + rng.poisson(unit.fidgets * small * np.exp(0.4 * rng.standard_normal(m, np.float32)))
    level = steps * np.exp(0.12 * rng.standard_normal(m, np.float32))
    intensity = (steps > 0).astype(np.float32) + (level > 56) + (level > 84)
    steps = np.rint(np.minimum(steps, 220)).astype(np.float32)
    return {"steps": steps, "step_count": steps.copy(), "intensity": intensity}


def _counts(body: Body, unit: Unit, rng: np.random.Generator) -> Array:
    trunk = (unit.device.counts_place or unit.device.place) == "trunk"
    place = body.motion.trunk if trunk else body.motion.wrist
    above = np.maximum(place * np.exp(0.3 * rng.standard_normal(len(place), np.float32)) - unit.count_floor, 0)
    counts = unit.count_gain * above**unit.count_power
    if unit.device.count_noise:
        counts *= np.exp(np.float32(unit.device.count_noise) * red_noise(rng, len(place), 1.5))
    return np.asarray(counts, np.float32)


def _written(counts: Array, plateau: float) -> Array:
    """Counts as whole numbers, under a soft ceiling if the counter has one."""
    if plateau:
        counts = counts / np.cbrt(1 + (counts / plateau) ** 3)
    return np.clip(np.rint(counts), 0, 20000).astype(np.float32)


def _accelerometer(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    return codes(body.motion, body.time, rng)


def _beats(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    out = beat_features(body.heart, body.time, wear.good, rng)
    gain = np.float32(unit.gain[2])
    for key in ("rmssd0595", "sdnn0595"):
        out[key] = np.minimum(out[key] * gain, 999).astype(np.float32)
    rr, sdnn, rmssd = out["rr_med"], out["sdnn0595"], out["rmssd0595"]
    return out | {
        "hrv_rr_median": rr.copy(), "hrv_rr_80th_percentile_mean": np.clip(rr + 0.6 * sdnn, 250, 2400),
        "hrv_rr_20th_percentile_mean": np.clip(rr - 0.6 * sdnn, 250, 2400), "rmssd_percentile_0595": 0.55 * rmssd,
        "sdnn_percentile_0595": 0.7 * sdnn, "hrv_shannon_entropy_rr": out["ShEnRR"].copy(),
        "hrv_shannon_entropy_rrd": np.clip(0.9 + 0.55 * np.log(rmssd), 0, 6).astype(np.float32),
    }  # fmt: skip


def _quality(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    touch = np.where(wear.contact, 248 + 6 * red_noise(rng, len(wear.good), 30.0), 60 * wear.good)
    good = wear.good.copy()
    return {
        "percent_good": good,
        "hrv_percent_good": good**2,
        "leads_contact_counts": np.clip(np.rint(touch), 0, 255).astype(np.float32),
    }


def _skin(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    out = skin(body.person, body.time, body.motion, body.heart, body.first_date, rng, body.draws)
    eda = np.clip(out["eda_level_real"] * np.float32(unit.gain[0]), 0, 99).astype(np.float32)
    warm = out["wrist_temperatures"] + np.float32(unit.temperature_offset)
    return {
        "eda_level_real": eda, "wrist_temperatures": warm, "ceda_magnitude_real_micro_siemens": eda.copy(),
        "ceda_slope_real_micro_siemens": np.diff(eda, prepend=eda[:1]), "skin_temperature_magnitude": warm.copy(),
        "skin_temperature_slope": np.diff(warm, prepend=warm[:1]),
    }  # fmt: skip


def _light(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    return {
        k: v * np.float32(unit.gain[1])
        for k, v in light(body.person, body.time, body.first_date, rng, body.draws).items()
    }


def _energy(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    return energy(body.person, body.motion, body.time)


def _oxygen(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    return oxygen(body.person, body.time, wear.good, rng)


def _stages(body: Body, wear: Wear, unit: Unit, rng: np.random.Generator) -> Columns:
    """Stages as a watch guesses them: right in most minutes, a minute late at the edges (de Zambotti et al. 2019)."""
    stage = np.roll(body.time.stage, 1)
    guess = np.where((stage == REM) & (red_noise(rng, len(stage), 15.0) > 1.3), LIGHT, stage)
    guess = np.where((stage == LIGHT) & (red_noise(rng, len(stage), 12.0) > 1.6), DEEP, guess)
    out = {key: (guess == value).astype(np.float32) for key, value in STAGES.items()}
    if not unit.stages_when_up:
        for column in out.values():
            column[guess == AWAKE] = np.nan
    return out


_MAKERS: tuple[tuple[tuple[str, ...], Callable[[Body, Wear, Unit, np.random.Generator], Columns]], ...] = (
    (("HR", "hr_at_rest_mean"), _heart_rate),
    (("steps", "step_count", "intensity", "counts", "acc", "motion_intensity", "lying"), _movement),
    (("jerk_auto", "log_energy", "covariance", "log_energy_ratio", "zero_crossing_std", "zero_crossing_avg",
      "axis_mean", "kurtosis", "altim_std", "sleep_coefficient"), _accelerometer),
    (("rr_med", "rmssd0595", "sdnn0595", "pnn20", "coherence", "ShEnRR", "LF", "HF", "LF_HF", "VLF",
      "spectralEn", "hrv_rr_median"), _beats),
    (("percent_good", "leads_contact_counts", "hrv_percent_good"), _quality),
    (("eda_level_real", "wrist_temperatures", "skin_temperature_magnitude"), _skin),
    (("white_light", "red_light", "green_light", "blue_light"), _light),
    (("mets", "calories", "distance"), _energy),
    (("spo2", "spo2_confidence", "spo2_coverage"), _oxygen),
    (tuple(STAGES), _stages),
)  # fmt: skip


def clip_to_range(columns: Columns) -> Columns:
    """Hold every value inside its channel's valid range, as a device's own firmware does."""
    for key, column in columns.items():
        channel = known_channel(key)
        np.clip(column, channel.low, channel.high, out=column)
    return columns
