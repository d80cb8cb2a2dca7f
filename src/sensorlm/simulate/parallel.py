"""Many people at once: seed, people and workers in, PersonDays in order out, the same for any number of workers."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from typing import TypeVar

from sensorlm.channels import CHANNEL_SETS, ChannelSet
from sensorlm.errors import ConfigError
from sensorlm.simulate.stream import PersonDays, simulate_person

AHEAD_PER_WORKER = 4
Made = TypeVar("Made")
_SET34 = CHANNEL_SETS["sensorlm-34"]


def iter_people(
    seed: int, people: int, days: int, *, first_person: int = 0, channel_set: ChannelSet = _SET34,
    devices: Mapping[str, float] | Sequence[str] | None = None, workers: int = 1,
) -> Iterator[PersonDays]:  # fmt: skip
    """People `first_person` ... of the population `seed`, in order, `days` days each.

    With several workers the hidden truth stays behind (empty dict): it would double what processes send.

    Raises:
        ConfigError: no people or no workers, or as `simulate_person`.
    """
    keep = without_truth if workers > 1 else unchanged
    return map_people(
        keep, seed, people, days, first_person=first_person, channel_set=channel_set, devices=devices, workers=workers
    )


def map_people(
    finish: Callable[[PersonDays], Made], seed: int, people: int, days: int, *, first_person: int = 0,
    channel_set: ChannelSet = _SET34, devices: Mapping[str, float] | Sequence[str] | None = None, workers: int = 1,
) -> Iterator[Made]:  # fmt: skip
    """`finish` of every person, in order; it runs in the workers, so it must be a function of a module.

    Raises:
        ConfigError: no people or no workers, or as `simulate_person`.
    """
    if people < 1 or workers < 1:
        raise ConfigError(f"people {people}, workers {workers}: give at least one of each.")
    numbers = range(first_person, first_person + people)
    if workers == 1:
        for index in numbers:
            yield _one(finish, seed, index, days, channel_set, devices)
        return
    # Spawned, not forked: a fork of a process that holds threads (BLAS, progress bars) can deadlock.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[Future[Made]] = deque()
        for index in numbers:
            waiting.append(pool.submit(_one, finish, seed, index, days, channel_set, devices))
            if len(waiting) >= AHEAD_PER_WORKER * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def without_truth(person: PersonDays) -> PersonDays:
    """The person without the hidden state."""
    return replace(person, truth={})


def unchanged(person: PersonDays) -> PersonDays:
    """The person as simulated."""
    return person


def _one(
    finish: Callable[[PersonDays], Made], seed: int, index: int, days: int, channel_set: ChannelSet,
    devices: Mapping[str, float] | Sequence[str] | None,
) -> Made:  # fmt: skip
    return finish(simulate_person(seed, index, days, channel_set=channel_set, devices=devices))
