"""Several things of the pulse at once, and with steps, sleep or its variability: a random generator in, drafts out."""

import numpy as np

from sensorlm.captions.composed.base import number_words
from sensorlm.captions.composed.pulse_levels import depth, heart, height, levels
from sensorlm.captions.composed.pulse_shapes import shifted, two_stretches
from sensorlm.captions.composed.pulse_words import (
    Draft,
    above,
    between,
    clock,
    draw_hours,
    frames,
    hours_of,
    length,
    named_length,
    near,
    pick,
    slots,
    under,
    usual_share,
)
from sensorlm.captions.predicates.base import HRV, ask
from sensorlm.captions.predicates.nights import ended, longest, slept_at_most

SLOW_THEN_FAST = frames("""
    {whose} {hr} averaged {one} {at} but {two} {then} | mean {hr} {one} {at} and {two} {then}
    {at} {one}, {then} {two}, mean {hr} | did {whose} {hr} average {one} {at} and {two} {then}
    {who} had a mean {hr} {one} {at} and one {two} {then}
    on average {whose} heart beat {num} times a minute {at} but {num2} {then}
    HR mean {num} for {h} and {num2} for {h2} | averages of the {hr}, {one} {at}, {two} {then}
    days with a mean {hr} {one} {at} yet {two} {then} | {two} {then} after {one} {at}, those are the {hr} means
    show me mean {hr} {one} {at} together with {two} {then} | {whose} {hr} did {num} {at} as a mean, and {num2} {then}
""")
PEAK_THOUGH = frames("""
    {whose} {hr} averaged {one} {at} although it went {two} once or more | mean {hr} {one} but a peak {two} {at}
    {at} {whose} {hr} was {one} on average and still topped {cap} | HR mean {num}, max {num2}, {h}
    did {whose} {hr} peak {two} {at} in spite of a mean {one} | {who} had a mean {hr} {one} with a maximum {two} {at}
    a peak {two} on top of a mean {hr} {one} {at} | {h}, average HR {num} with a top reading {num2}
    average {one}, highest {two}, {hr} {at} | days with a mean {hr} {one} and yet some minute {two} {at}
    {whose} heart beat {num} times a minute on average {at}, but {num2} at its fastest
""")
RAISED_NOT_HIGH = frames("""
    {whose} {hr} was {one} for {len} in all {at} but never {two} | {len} {one} and not a minute {two}, {hr} {at}
    {at} {len} of {hr} {one} without ever going {two} | HR {num} for {len}, never {num2}, {h}
    did {whose} {hr} spend {len} {one} {at} without getting {two}
    {who} had {len} with a {hr} {one} {at} yet none {two} | {len} {one} on the {hr} {at}, nothing {two}
    {h}, {len} with HR {num} and no reading {num2} | days with {len} of {hr} {one} {at} but no {hr} {two}
    {whose} heart did {num} a minute for {len} {at}, though not once {num2}
""")
HERE_NOT_THERE = frames("""
    {whose} {hr} went {one} {at} but never {then} | {hr} {one} at least once {at}, not once {then}
    {one} {at}, not {then}, the {hr} | did {whose} {hr} get {one} {at} and stay at {cap} or less {then}
    HR {num} in {h}, none such in {h2} | {who} had a {hr} {one} {at} and none {then}
    {then} no {hr} {one}, but {at} there was one | a {hr} {one} came up {at}, not {then}
    {whose} heart beat {num} times a minute at some point {at}, at no point {then}
    days with a {hr} {one} {at} and without one {then}
""")
WITHOUT_STEPS = frames("""
    {whose} {hr} averaged {one} {at} with {steps} | mean {hr} {one} despite {steps} {at}
    {one} on average on {steps}, {hr} {at} | did {whose} {hr} average {one} {at} on {steps}
    {who} took {steps} {at} and still had a mean {hr} {one} | HR mean {num} with {steps}, {h}
    {at} the heart did {num} a minute on average though the counter shows {steps}
    with {steps} and yet {one} on average, {hr} {at} | days with a mean {hr} {one} and {steps} {at}
    {steps} {at} but a mean {hr} {one} | why was {whose} mean {hr} {one} {at} with {steps}
""")
ALTHOUGH_WALKING = frames("""
    {whose} {hr} averaged {one} {at} although there were {steps} | mean {hr} {one} in spite of {steps} {at}
    did {whose} {hr} average {one} {at} with all of {steps} | {who} took {steps} {at} with a mean {hr} {one}
    HR mean {num} with {steps}, {h} | {at} the heart did {num} a minute on average while walking came to {steps}
    {steps} {at} and yet a mean {hr} {one} | days with {steps} and a mean {hr} {one} {at}
    on foot for {steps} {at}, {hr} {one} on average | {whose} heart met {steps} {at} with a mean {num}
""")
STEPS_NO_PEAK = frames("""
    {steps} {at} without the {hr} once going {one} | {whose} {hr} never went {one} {at} despite {steps}
    {who} took {steps} {at} and kept the {hr} at {cap} or less throughout
    did {whose} {hr} never get {one} {at} over {steps} | HR max {cap} or less with {steps}, {h}
    {at} {steps}, and no minute with a {hr} {one} | walking {at}, {steps}, never {one} on the {hr}
    days with {steps} but no {hr} {one} {at} | {at} {whose} heart never beat {num} times a minute, for all of {steps}
""")
VARIABILITY = frames("""
    {whose} {hrv} averaged {lev} {at} | mean {hrv} {lev} {at} | {hrv} {lev} on average {at} | RMSSD mean {num} ms, {h}
    did {whose} {hrv} average {lev} {at} | {at} {whose} {hrv} was {lev} on average | {who} had a mean {hrv} {lev} {at}
    days with an average {hrv} {lev} {at} | {h}, average RMSSD {num} ms | beat to beat variation {at}, RMSSD {lev}
    on the whole {whose} {hrv} lay {lev} {at} | show me a mean {hrv} {lev} {at}
""")
VARIABILITY_SHIFT = frames("""
    {whose} {hrv} was {more} {at} than {then} | {more} {hrv} {at} than {then}
    {at} the mean {hrv} was {more} than {then} | did {whose} {hrv} come out {more} {at} than {then}
    {who} had a {more} {hrv} {at} than {then} | mean RMSSD {more} {at} than {then}
    compared with what it was {then}, {hrv} was {more} {at} | {then} {whose} {hrv} was {less} than {at}
    days with {more} {hrv} {at} than {then}
""")
SLEEP_PULSE = frames("""
    slept {len} with a mean {hr} {one} from midnight to five
    {who} slept {len} and had a mean {hr} {one} between midnight and five | {len} of sleep, night {hr} {one} on average
    did {them} sleep {len} with a mean {hr} {one} from 12 to 5 am | out cold for {len}, mean {hr} {one} after midnight
    sleep {len}, HR mean {num} bpm, 0 to 5 h
    asleep for {len} while {whose} heart did {num} a minute on average from midnight to five
    nights with {len} of sleep and a mean {hr} {one} in the small hours
    {len} of shut-eye and a night {hr} {one} on average
    {whose} sleep lasted {len}, the {hr} from 0 to 5 h averaged {one} | kip of {len}, mean night {hr} {one}
""")
UP_PULSE = frames("""
    {who} woke up {when} and had a mean {hr} {one} {at} | up {when}, mean {hr} {one} {at}
    sleep ended {when}, {hr} {at} {one} on average | did {them} wake {when} with a mean {hr} {one} {at}
    out of bed {when} and {one} on average {at}, that {hr} | wake time {when}, HR mean {num}, {h}
    after getting up {when} {whose} {hr} averaged {one} {at} | days with waking {when} and a mean {hr} {one} {at}
    the night was over {when} and the heart did {num} a minute on average {at}
""")
THREE = frames("""
    {whose} {hr} averaged {lev} {at}, never under {low} and never over {high}
    mean {hr} {lev} {at}, lowest {low} or more, highest {high} or less
    {at} the {hr} stayed from {low} to {high} with a mean {lev}
    HR mean {num}, min at least {low}, max at most {high}, {h}
    did {whose} {hr} average {lev} {at} without leaving {low} to {high}
    {who} had a mean {hr} {lev} {at} and no reading outside {low} to {high}
    days with an average {hr} {lev} {at} and all readings from {low} to {high}
    on average {at} {lev}, no minute below {low}, no minute above {high}, {whose} {hr}
    {h}, heart rate {low} at least, {high} at most, {num} as a mean
""")
MOSTLY_NEVER = frames("""
    {whose} {hr} was {one} at least half of the time {at} but never {two}
    {hr} {one} for half the time or more {at}, not once {two}
    {at} half of the readings or more {one}, none {two}, {hr}
    HR {num} in 50 per cent of minutes or more, never {num2}, {h}
    did {whose} {hr} keep {one} half of the time or longer {at} without once going {two}
    {who} had a {hr} {one} in at least every second minute {at} and no minute {two}
    not a minute {two} {at}, and half or more of them {one}, {whose} {hr}
    days with a {hr} {one} at least half of the time {at} and without any {two}
""")


def two_means(rng: np.random.Generator) -> Draft:
    """The mean of some hours on one side of a number and that of others on another side."""
    one, two = two_stretches(rng)
    ranges = bool(rng.random() < 0.3)
    first, second = levels(rng, one.usual, 4, ranges=ranges), levels(rng, two.usual, 4, ranges=ranges)
    facts = heart("mean", one, first[0], first[1], margin=2.5), heart("mean", two, second[0], second[1], margin=2.5)
    words = slots(one, then=two.at, h2=two.terse, one=first[2], two=second[2], num=first[3], num2=second[3])
    return Draft(facts, SLOW_THEN_FAST, words)


def peak_though(rng: np.random.Generator) -> Draft:
    """A mean below a number and yet a reading over another."""
    hours = draw_hours(rng, least=120)
    mean, top = near(rng, hours.usual + 4, 4), near(rng, hours.usual + height(hours) - 3, 7)
    facts = heart("mean", hours, high=mean, margin=2.5), heart("max", hours, top + 1, margin=4)
    one, two, num, num2 = under(mean), above(top), under(mean, bare=True), above(top, bare=True)
    return Draft(facts, PEAK_THOUGH, slots(hours, one=one, two=two, num=num, num2=num2, cap=(str(top),)))


def raised_not_high(rng: np.random.Generator) -> Draft:
    """So long over one number, never over a higher one."""
    hours, step = draw_hours(rng, least=120, day=0.3), pick(rng, (10, 15))
    low = near(rng, hours.usual + step, 3)
    high = max(near(rng, hours.usual + height(hours) + 8, 6), low + 20)
    minutes = named_length(rng, 0.6 * usual_share(hours, low) * hours.minutes, 0.4, 0.5 * hours.minutes)
    facts = (
        heart("minutes_above", hours, minutes, 1440, over=low, margin=max(2, round(0.15 * minutes))),
        heart("max", hours, high=high, margin=4),
    )
    lengths = tuple(f"{how}{said}" for how in ("at least ", "no less than ") for said in length(minutes))
    one, two, num, num2 = above(low), above(high), above(low, bare=True), above(high, bare=True)
    return Draft(facts, RAISED_NOT_HIGH, slots(hours, one=one, two=two, num=num, num2=num2, len=lengths))


def here_not_there(rng: np.random.Generator) -> Draft:
    """Over a number in some hours and never in others."""
    one, two = two_stretches(rng)
    odds = min(max(0.5 + (one.usual + height(one) - two.usual - height(two)) / 8, 0.1), 0.9)
    here, there = (one, two) if rng.random() < odds else (two, one)
    middle = (here.usual + height(here) + there.usual + height(there)) / 2
    number = near(rng, middle, 6)
    facts = heart("max", here, number + 1, margin=3), heart("max", there, high=number, margin=3)
    words = slots(
        here, then=there.at, h2=there.terse, one=above(number), num=above(number, bare=True), cap=(str(number),)
    )
    return Draft(facts, HERE_NOT_THERE, words)


def without_steps(rng: np.random.Generator) -> Draft:
    """A fast pulse although few steps were taken."""
    hours = draw_hours(rng, least=60, day=0.05)
    mean = near(rng, hours.usual - 3, 4)
    few = (100, 200, 300, 500) if hours.minutes <= 120 else (500, 800, 1000, 1500)
    count = int(pick(rng, few))
    count = count if hours.minutes < 600 else int(pick(rng, (4000, 5000, 6000, 7000)))
    facts = heart("mean", hours, mean, margin=2.5), ask("total", "steps", high=count, at=hours.span, margin=0.2 * count)
    steps = tuple(
        f"{how} {n} steps" for how in ("at most", "no more than", "not more than") for n in number_words(count)
    )
    return Draft(facts, WITHOUT_STEPS, slots(hours, one=above(mean), num=above(mean, bare=True), steps=steps))


def although_walking(rng: np.random.Generator) -> Draft:
    """Many steps and yet a slow pulse, on average or at its peak."""
    hours = draw_hours(rng, least=120, day=0.25)
    while hours.span[1] <= 480:  # nobody walks at night
        hours = draw_hours(rng, least=120, day=0.25)
    wanted = 450 * hours.minutes / 60 if hours.minutes < 600 else 7000
    count = min(
        (500, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 8000, 10000),
        key=lambda n: abs(n - wanted * rng.uniform(0.5, 1.3)),
    )
    steps = tuple(f"{how} {n} steps" for how in ("at least", "no less than") for n in number_words(count))
    walked = ask("total", "steps", count, at=hours.span, margin=0.15 * count)
    if rng.random() < 0.5:
        mean = near(rng, hours.usual + 3, 4)
        words = slots(hours, one=under(mean), num=under(mean, bare=True), steps=steps)
        return Draft((walked, heart("mean", hours, high=mean, margin=2.5)), ALTHOUGH_WALKING, words)
    top = near(rng, hours.usual + height(hours) + 6, 7)
    words = slots(hours, one=above(top), num=above(top, bare=True), cap=(str(top),), steps=steps)
    return Draft((walked, heart("max", hours, high=top, margin=4)), STEPS_NO_PEAK, words)


def variability(rng: np.random.Generator) -> Draft:
    """Heart rate variability of some hours, or in some hours against others."""
    hrv = ("HRV", "heart rate variability", "RMSSD", "variability of the heart rate")
    if rng.random() < 0.6:
        hours = draw_hours(rng, least=120)
        low, high, lev, num = levels(rng, 56, 14)
        low, high = (low - 5, high + 5) if low > 0 and high < 300 else (low, high if high < 300 else 2000)
        if low > 0 and high < 300:
            lev, num = between(int(low), int(high), bare=True), between(int(low), int(high), bare=True)
        lev = tuple(f"{text}{unit}" for text in num for unit in ("", " ms", " milliseconds"))
        fact = ask("mean", HRV, low, high, at=hours.span, margin=5)
        return Draft((fact,), VARIABILITY, slots(hours, lev=lev, num=num, hrv=hrv))
    one, two = two_stretches(rng)
    up, turned = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    first, other = (two, one) if turned else (one, two)
    more, less = ("higher", "lower") if up == turned else ("lower", "higher")
    fact = shifted(one, two, *((2, 2000) if up else (-2000, -2)), 3, HRV)
    return Draft((fact,), VARIABILITY_SHIFT, slots(first, then=other.at, more=(more,), less=(less,), hrv=hrv))


def sleep_pulse(rng: np.random.Generator) -> Draft:
    """Length of sleep and the pulse of the night."""
    night, minutes = hours_of(0, 300), int(pick(rng, (360, 390, 420, 450, 480)))
    low, high, one, num = levels(rng, 62, 4, ranges=bool(rng.random() < 0.4))
    short = minutes <= 420 and rng.random() < 0.5
    sleep = slept_at_most(minutes) if short else (longest(minutes),)
    how = ("at most", "no more than") if short else ("at least", "no less than")
    lengths = tuple(f"{h} {said}" for h in how for said in length(minutes))
    return Draft(
        (*sleep, heart("mean", night, low, high, margin=2.5)), SLEEP_PULSE, slots(night, one=one, num=num, len=lengths)
    )


def up_pulse(rng: np.random.Generator) -> Draft:
    """When the night's sleep ended and the pulse of some hours after it."""
    start, early = 60 * int(rng.integers(7, 18)), bool(rng.random() < 0.5)
    hours = hours_of(start, start + 60 * int(rng.integers(1, 5)))
    time = int(pick(rng, (420, 450, 480, 510, 540) if early else (360, 390, 420, 450, 480)))
    low, high, one, num = levels(rng, hours.usual, 4, ranges=bool(rng.random() < 0.3))
    woke = ended(180, time) if early else ended(time, 900)
    when = tuple(
        f"{how} {c}" for how in (("before", "by") if early else ("after", "past", "later than")) for c in clock(time)
    )
    words = slots(hours, one=one, num=num, when=when)
    return Draft((woke, heart("mean", hours, low, high, margin=2.5)), UP_PULSE, words)


def three_at_once(rng: np.random.Generator) -> Draft:
    """A mean in a range, and neither too low nor too high a reading."""
    hours = draw_hours(rng)
    low, high, lev, num = levels(rng, hours.usual, 3)
    least = near(rng, hours.usual - depth(hours) - 10, 4)
    most = near(rng, hours.usual + height(hours) + 14, 8, 10)
    facts = (
        heart("mean", hours, low, high, margin=2.5),
        heart("min", hours, least),
        heart("max", hours, high=most, margin=4),
    )
    return Draft(facts, THREE, slots(hours, lev=lev, num=num, low=(str(least),), high=(str(most),)))


def mostly_never(rng: np.random.Generator) -> Draft:
    """Over a number half of the time or more and never over another."""
    hours = draw_hours(rng)
    low, high = near(rng, hours.usual - 4, 4), near(rng, hours.usual + height(hours) + 8, 7)
    facts = heart("share_above", hours, 0.5, 1, over=low, margin=0.06), heart("max", hours, high=high, margin=4)
    one, two, num, num2 = above(low), above(high), above(low, bare=True), above(high, bare=True)
    return Draft(facts, MOSTLY_NEVER, slots(hours, one=one, two=two, num=num, num2=num2))


JOINT_KINDS = (
    two_means, two_means, peak_though, raised_not_high, here_not_there, without_steps, although_walking, variability,
    sleep_pulse, up_pulse, three_at_once, mostly_never,
)  # fmt: skip
