"""Minute tables in, days out, with the reports that fill up on the way: shared by `import` and `demo`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sensorlm.channels import ChannelSet
from sensorlm.days import DaysReport, to_days
from sensorlm.quality import BROKEN, QualityChecker, QualityReport, refusal
from sensorlm.readers import ReadReport
from sensorlm.records import DayMatrix, MinuteTable


@dataclass
class Importing:
    """One pass over an export. The reports are complete once `days` is used up."""

    channel_set: ChannelSet
    reading: ReadReport = field(default_factory=ReadReport)
    """Hand it to the reader."""
    made: DaysReport = field(default_factory=DaysReport)
    refused: list[str] = field(default_factory=list)
    """Why a recording's clock is not trusted, one line each."""

    def __post_init__(self) -> None:
        self.checker = QualityChecker(self.channel_set)

    def days(
        self,
        tables: Iterator[MinuteTable],
        *,
        force: bool = False,
        min_minutes: int = 60,
        non_wear: bool = True,
        advance: Callable[[], None] = lambda: None,
    ) -> Iterator[DayMatrix]:
        """Days of every recording whose clock is not broken; of all of them with `force`."""
        for table in tables:
            person = self.checker.add(table)
            if person.verdict == BROKEN:
                self.refused.append(refusal(person))
                if not force:
                    continue
            for day in to_days(
                table, self.channel_set, min_observed_minutes=min_minutes, non_wear=non_wear, report=self.made
            ):
                yield day
                advance()

    def quality(self) -> QualityReport:
        """The quality report of everything that came by."""
        return self.checker.report(self.reading.to_json())
