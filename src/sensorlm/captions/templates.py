"""The wording of statistical and structural sentences: tables of templates, no code.

Fields in braces are filled by `captions.sentences` and read back by `captions.parse`. Verbs stand in the past, so that
"heart rate" and "steps" take the same form. {Name} begins a sentence, {name} stands inside one, {u} is the unit.
"""

# Levels of one channel: mean, highest and lowest minute, standard deviation.
STATISTICS_TEMPLATES: tuple[str, ...] = (
    "{Name} averaged {mean}{u}, ranging from {min}{u} to {max}{u} with a standard deviation of {std}{u}.",
    "Mean {name} came to {mean}{u}, the highest minute to {max}{u}, the lowest to {min}{u}, the spread to {std}{u}.",
    "With an average of {mean}{u}, {name} moved between {min}{u} and {max}{u} (standard deviation {std}{u}).",
    "{Name} peaked at {max}{u} and bottomed out at {min}{u}, while its mean came to {mean}{u}, give or take {std}{u}.",
    "On the whole, {name} sat at {mean}{u}, varied by {std}{u}, and stayed within {min}{u} and {max}{u}.",
    "{Name}: mean {mean}{u}, maximum {max}{u}, minimum {min}{u}, standard deviation {std}{u}.",
    "The lowest {name} came to {min}{u}, the highest to {max}{u}, the mean to {mean}{u} and the deviation to {std}{u}.",
    "Recorded {name} centred on {mean}{u}, deviating by {std}{u}, never under {min}{u} nor over {max}{u}.",
    "Minute by minute, {name} spanned {min}{u} to {max}{u}, averaging {mean}{u} and deviating by {std}{u}.",
    "An average {name} of {mean}{u} emerged, with extremes of {min}{u} and {max}{u} and a deviation of {std}{u}.",
    "{Name} showed a mean of {mean}{u}, a top value of {max}{u}, a bottom value of {min}{u} and a spread of {std}{u}.",
    "Taken together, the minutes put {name} at {mean}{u} (low {min}{u}, high {max}{u}, deviation {std}{u}).",
    "{Name} never exceeded {max}{u} nor fell below {min}{u}, and averaged {mean}{u} with a deviation of {std}{u}.",
    "At its height {name} read {max}{u}, at its lowest {min}{u}, on average {mean}{u}, with a deviation of {std}{u}.",
    "The device put mean {name} at {mean}{u} with a standard deviation of {std}{u}, between {min}{u} and {max}{u}.",
    "Fluctuating by {std}{u} around {mean}{u}, {name} stretched from {min}{u} up to {max}{u}.",
    "From a low of {min}{u} to a high of {max}{u}, {name} averaged {mean}{u} and deviated by {std}{u}.",
    "{Name} averaged {mean}{u} with a standard deviation of {std}{u}, and the extremes read {min}{u} and {max}{u}.",
    "Average {name}: {mean}{u}, plus or minus {std}{u}, within a range of {min}{u} to {max}{u}.",
    "Readings of {name} had a mean of {mean}{u}, a maximum of {max}{u}, a minimum of {min}{u} and varied by {std}{u}.",
    "Overall {name} came to {mean}{u} on average, at least {min}{u}, at most {max}{u}, deviating by {std}{u}.",
)
# Put before a sentence about a part of the day that was recorded well enough to speak of.
WINDOW_PREFIX = "Between {start} and {end}, "

TOTAL_TEMPLATES: tuple[str, ...] = (
    "Total {name} came to {total}{u}.",
    "The day's sum of {name} came to {total}{u}.",
    "Added up over the day, {name} made {total}{u}.",
    "The device put total {name} at {total}{u}.",
    "Altogether {name} totalled {total}{u}.",
)
# A 0/1 channel speaks of minutes, not of a mean.
BINARY_TEMPLATES: tuple[str, ...] = (
    "The recording holds {span} of time marked {name}.",
    "Time marked {name} added up to {span}.",
    "In total, {span} counted as {name}.",
    "The device marked {span} as {name}.",
    "Minutes of {name} came to {span}.",
)

RISES = ("rose", "climbed", "increased", "went up", "picked up")
FALLS = ("fell", "declined", "decreased", "went down", "came down")
A_RISE = ("a rise", "an increase", "a climb", "an upward trend")
A_FALL = ("a fall", "a decrease", "a decline", "a downward trend")
RISING = ("rising", "increasing", "climbing")
FALLING = ("falling", "decreasing", "declining")
TREND_TEMPLATES: tuple[str, ...] = (
    "{Name} {moved} from {first}{u} to {last}{u} between {start} and {end}.",
    "From {start} to {end}, {name} {moved} from {first}{u} to {last}{u}.",
    "Between {start} and {end}, {name} {moved}.",
    "{Name} {moved} between {start} and {end}.",
    "There was {a_move} in {name} from {start} to {end}, from {first}{u} to {last}{u}.",
    "The hours from {start} to {end} brought {a_move} in {name}.",
    "{Name} went on {moving} from {start} until {end}, starting from {first}{u} and getting to {last}{u}.",
    "Starting at {first}{u} around {start}, {name} {moved} to {last}{u} by {end}.",
    "A look at {name} shows {a_move} between {start} and {end}.",
    "From {start} on, {name} {moved} and arrived at {last}{u} by {end}, having begun at {first}{u}.",
    "The record shows {a_move} of {name} from {first}{u} at {start} to {last}{u} at {end}.",
    "Over the stretch from {start} to {end}, {name} kept {moving}, from {first}{u} to {last}{u}.",
    "By {end}, {name} had gone from {first}{u} at {start} to {last}{u}, {a_move}.",
    "During the period {start} to {end}, {a_move} in {name} stood out.",
    "{Name} {moved} steadily in the time from {start} to {end}.",
)
STABLE_TEMPLATES: tuple[str, ...] = (
    "{Name} held steady around {mean}{u} from {start} to {end}.",
    "Between {start} and {end}, {name} stayed level at about {mean}{u}.",
    "From {start} to {end}, {name} barely changed, averaging {mean}{u}.",
    "{Name} ended the stretch from {start} to {end} about where it began.",
    "There was little net change in {name} between {start} and {end}.",
    "The time from {start} to {end} saw {name} settle near {mean}{u}.",
)

A_PEAK = ("a peak", "a spike", "a high point", "a surge")
A_DROP = ("a drop", "a dip", "a low point", "a trough")
EXTREME_TEMPLATES: tuple[str, ...] = (
    "{Name} showed {an_extreme} around {at}, averaging {value}{u}.",
    "Around {at} there was {an_extreme} in {name}.",
    "There was {an_extreme} in {name} around {at}, at {value}{u}.",
    "{Name} reached {an_extreme} of {value}{u} around {at}.",
    "Close to {at}, {name} had {an_extreme} at {value}{u}.",
    "The record of {name} contains {an_extreme} near {at}.",
    "At about {at}, {an_extreme} of {value}{u} appeared in {name}.",
    "One thing that stands out is {an_extreme} in {name} near {at}, with {value}{u}.",
    "{Name} stood out around {at} with {an_extreme}.",
    "The forty minutes around {at} brought {an_extreme} in {name}, averaging {value}{u}.",
    "Short-lived but clear, {an_extreme} in {name} came around {at}.",
    "With {value}{u} around {at}, {name} formed {an_extreme}.",
    "{Name} went through {an_extreme} near {at}, at {value}{u} on average.",
    "An unusual moment for {name} came around {at}: {an_extreme} at {value}{u}.",
    "Look at {name} around {at} and {an_extreme} appears.",
)
