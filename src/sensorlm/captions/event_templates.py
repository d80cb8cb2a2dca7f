"""The wording of semantic sentences about logged events: tables of templates, no code.

{label} is the activity or mood in the words it was logged in, {start}, {end} and {at} are clock times, {span} a
duration, {part} a part of the day, {a} the article of the number {minutes}.
"""

ACTIVITY_TEMPLATES: tuple[str, ...] = (
    "{Label} was logged from {start} to {end}.",
    "The person logged {label} between {start} and {end}.",
    "From {start} to {end} the log says {label}, {span} in all.",
    "{Label} took up {span}, from {start} to {end}.",
    "There were {span} of {label} from {start} to {end}.",
    "{A} {minutes}-minute stretch of {label} began at {start} and ended at {end}.",
    "At {start} the person started {label}, finishing at {end}.",
    "{Label} started {part} at {start} and went on until {end}.",
    "The log lists {label} from {start} until {end}.",
    "The time between {start} and {end} went to {label}, {span} altogether.",
    "Logged {part}: {label}, {start} to {end}.",
    "{Label} ran from {start} to {end}, a total of {span}.",
    "Beginning at {start}, {label} filled {span} up to {end}.",
    "One logged activity was {label}, lasting {span} from {start} to {end}.",
    "An entry for {label} covers {start} to {end}.",
    "The person spent {span} on {label}, beginning at {start} and ending at {end}.",
    "Activity: {label}, {start} to {end}, {span}.",
    "{Label} kept the person busy from {start} to {end}.",
    "Starting {part}, {label} lasted from {start} to {end}.",
    "By {end} the person had done {span} of {label}, begun at {start}.",
)
SLEEP_TEMPLATES: tuple[str, ...] = (
    "The person slept from {start} to {end}.",
    "Sleep lasted {span}, from {start} to {end}.",
    "Asleep at {start}, the person woke at {end}.",
    "There were {span} of sleep between {start} and {end}.",
    "A sleep of {span} began at {start} and ended at {end}.",
    "The log has sleep from {start} until {end}, {span} in all.",
    "Sleep set in at {start} and ended at {end}.",
    "From {start} to {end} the person was asleep, for {span}.",
    "Falling asleep at {start}, the person stayed asleep until {end}.",
    "The person got {span} of sleep, starting at {start} and ending at {end}.",
)
MOOD_TEMPLATES: tuple[str, ...] = (
    "At {at} the person reported feeling {label}.",
    "The mood logged at {at} was {label}.",
    "A mood entry at {at} says {label}.",
    "Asked at {at}, the person felt {label}.",
    "The person noted a mood of {label} at {at}.",
    "Mood at {at}: {label}.",
    "Around {at} the reported mood was {label}.",
    "The log records feeling {label} at {at}.",
    "At {at} the mood was put down as {label}.",
    "When checking in at {at}, the person chose {label}.",
)
