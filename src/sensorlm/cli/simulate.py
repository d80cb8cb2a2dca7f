"""`sensorlm simulate`: numbers of people and days in, a dataset of simulated days or a comparison with real out."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sensorlm.cli.options import JsonFlag, emit, listed, progress

if TYPE_CHECKING:
    from sensorlm.channels import ChannelSet
    from sensorlm.records import DayMatrix
    from sensorlm.simulate import PersonDays


def simulate(
    people: Annotated[int, typer.Option(help="Simulated people.")] = 20,
    days: Annotated[int, typer.Option(help="Days a person.")] = 7,
    seed: Annotated[int, typer.Option(help="Population; the same seed gives the same days whatever --workers is.")] = 0,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder of the new dataset.")] = None,
    devices: Annotated[
        str, typer.Option(help='Device mix: "band,watch" or "band=3,watch=1"; empty for the usual mix.')
    ] = "",
    channels: Annotated[str, typer.Option(help="Channel set: a name or a JSON file.")] = "sensorlm-34",
    first_person: Annotated[int, typer.Option(help="Number of the first person, to extend a population.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes.")] = 1,
    append: Annotated[bool, typer.Option(help="Add to the dataset in --output.")] = False,
    compare: Annotated[
        list[Path] | None, typer.Option(help="Dataset of real days to compare with; repeatable.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="With --compare: write the charts as PNG, named by dataset.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Simulate people with their days, devices and gaps, or compare them with real recordings.

    Example: sensorlm simulate --people 100 --days 7 --seed 1 -o simulated/
    """
    from sensorlm.channels import load_channel_set
    from sensorlm.errors import ConfigError

    if output is None and not compare:
        raise ConfigError("neither --output nor --compare is given. Say where the dataset goes, e.g. -o simulated/.")
    channel_set, mix = load_channel_set(channels), parse_devices(devices)
    result: dict[str, Any] = {}
    if output is not None:
        result |= _write(output, channel_set, mix, seed, people, days, first_person, workers, append)
    for folder in compare or ():
        found = _compare(folder, mix, seed, people, days, first_person, workers, picture)
        result.setdefault("compared", {})[str(folder)] = found
    emit(result, as_json=as_json, text=_text(result))


def parse_devices(text: str) -> dict[str, float] | None:
    """A device mix from "band=3,watch"; None for an empty text.

    Raises:
        ConfigError: a weight is no number.
    """
    from sensorlm.errors import ConfigError

    mix: dict[str, float] = {}
    for part in listed(text):
        name, _, weight = part.partition("=")
        try:
            mix[name] = float(weight or 1)
        except ValueError:
            raise ConfigError(f"--devices {part!r}: {weight!r} is no number. Write e.g. band=3,watch=1.") from None
    return mix or None


def as_imported(person: "PersonDays") -> "list[DayMatrix]":
    """Days of a person after the same rules of non-wear and emptiness that an imported recording goes through."""
    from sensorlm.days import worn_only

    return [day for day in worn_only(list(person.days())) if day.observed.any(1).sum() >= 60]


def _write(
    output: Path, channel_set: "ChannelSet", mix: dict[str, float] | None, seed: int, people: int, days: int,
    first_person: int, workers: int, append: bool,
) -> dict[str, Any]:  # fmt: skip
    import numpy as np

    from sensorlm.simulate import map_people
    from sensorlm.store import write_dataset

    seen: list[float] = []
    of_device: dict[str, int] = {}

    with progress("people", people) as advance:

        def every_day() -> "Iterator[DayMatrix]":
            made = map_people(
                as_imported, seed, people, days, first_person=first_person, channel_set=channel_set, devices=mix,
                workers=workers,
            )  # fmt: skip
            for recorded in made:
                for day in recorded:
                    seen.append(float(np.mean(day.observed)))
                    yield day
                device = recorded[0].device if recorded else "nothing recorded"
                of_device[device] = of_device.get(device, 0) + 1
                advance()

        manifest = write_dataset(output, every_day(), channel_set, append=append)
    return {
        "dataset": str(output), "days": manifest.num_days, "people": people, "seed": seed,
        "observed_share": float(np.mean(seen)) if seen else 0.0, "people_of_device": dict(sorted(of_device.items())),
    }  # fmt: skip


def _compare(
    folder: Path, mix: dict[str, float] | None, seed: int, people: int, days: int, first_person: int, workers: int,
    picture: Path | None,
) -> dict[str, Any]:  # fmt: skip
    """The judge's AUROC and statistics side by side on the channels that real and simulated days share."""
    import numpy as np

    from sensorlm.errors import ConfigError
    from sensorlm.files import write_bytes
    from sensorlm.report.realism import realism_picture
    from sensorlm.simulate import map_people
    from sensorlm.store import open_dataset
    from sensorlm.tasks.realism import Recordings, compare, shared_days, tell_apart

    dataset = open_dataset(folder)
    real = Recordings(
        values=dataset.values(np.arange(len(dataset))), people=[dataset.person(i) for i in range(len(dataset))],
        channel_keys=dataset.channel_set.keys,
    )  # fmt: skip
    made = [
        day
        for recorded in map_people(
            as_imported, seed, people, days, first_person=first_person, channel_set=dataset.channel_set, devices=mix,
            workers=workers,
        )
        for day in recorded
    ]  # fmt: skip
    if not made:
        raise ConfigError(
            "nothing was recorded on the channels of this dataset. Simulate a device that has one: --devices."
        )
    simulated = Recordings(
        values=np.stack([day.values for day in made]), people=[day.person for day in made],
        channel_keys=dataset.channel_set.keys,
    )  # fmt: skip
    real, simulated = shared_days(real, simulated)
    comparison = compare(real, simulated)
    if picture is not None:
        path = picture.with_name(f"{picture.stem}-{folder.name}.png")
        write_bytes(path, realism_picture(comparison, title=f"{folder.name}: real and simulated days"))
    return {"channels": list(real.channel_keys), "judge": tell_apart(real, simulated), "statistics": comparison}


def _text(result: dict[str, Any]) -> str:
    lines = []
    if "dataset" in result:
        lines.append(
            f"{result['dataset']}: {result['days']} days of {result['people']} people, "
            f"{result['observed_share']:.0%} of values observed"
        )
    for folder, found in result.get("compared", {}).items():
        judge = found["judge"]
        lines.append(
            f"{folder}: told apart with AUROC {judge['auroc']:.2f} (0.5 cannot, 1 always) "
            f"on {', '.join(found['channels'])}; "
            f"{judge['real_days']} real and {judge['simulated_days']} simulated days"
        )
        lines += [f"  {name}: {auroc:.2f}" for name, auroc in list(judge["telling"].items())[:5]]
    return "\n".join(lines)
