"""A QualityReport in, plain text for a terminal out."""

from sensorlm.quality.record import BROKEN, CANNOT_TELL, SOUND, QualityReport

SHADES = " .:-=+*#%@"


def report_text(report: QualityReport, *, width: int = 110) -> str:
    """The report as text: totals, coverage by channel and hour, verdicts; the reason for each that is not sound."""
    recorded = sum(p.recorded_minutes for p in report.people)
    unworn = sum(p.unworn_minutes for p in report.people)
    lines = [
        f"{len(report.people)} people, {sum(p.days for p in report.people)} person-days, {recorded:,} recorded minutes",
        f"no sign of a wearer: {unworn:,} minutes ({unworn / max(recorded, 1):.1%})",
    ]
    lines += _reading_lines(report)
    wrong = report.total("impossible")
    lines.append("impossible values: " + (", ".join(f"{k} {n:,}" for k, n in wrong.items()) or "none"))
    if report.unknown_channels:
        lines.append(f"columns that no channel set describes, not checked: {', '.join(report.unknown_channels)}")
    lines += ["", "share of the minutes of each hour with a value (blank 0 %, @ 100 %)"]
    lines += [" " * 30 + "0     6     12    18    24", *_coverage_lines(report), ""]
    lines.append("clock: " + ", ".join(f"{report.count(v)} {v}" for v in (SOUND, CANNOT_TELL, BROKEN)))
    lines += _verdict_lines(report, width)
    return "\n".join(lines)


def _reading_lines(report: QualityReport) -> list[str]:
    """The reader's problems (duplicates, wrong order, unparsable rows): kind and count."""
    problems = report.reading.get("problems", {})
    if not report.reading:
        return []
    counts = [f"{kind} {found['count']:,}" for kind, found in problems.items()]
    return ["met while reading: " + (", ".join(counts) or "no duplicate, misplaced or unparsable row")]


def _coverage_lines(report: QualityReport) -> list[str]:
    lines = []
    for key, name, row in zip(report.channel_keys, report.channel_names, report.coverage, strict=True):
        cells = "".join(SHADES[min(len(SHADES) - 1, round(float(x) * (len(SHADES) - 1)))] for x in row)
        label = key if key == name else f"{name} ({key})"
        lines.append(f"{label[:28]:<28} |{cells}| {float(row.mean()):4.0%}")
    return lines


def _verdict_lines(report: QualityReport, width: int) -> list[str]:
    lines = []
    for person in report.people:
        if person.verdict == SOUND:
            continue
        mark = "BROKEN" if person.verdict == BROKEN else "cannot tell"
        lines.append(f"  {person.person}: {mark}")
        shown = [v for v in person.verdicts if v.verdict == person.verdict]
        for verdict in shown if person.verdict == BROKEN else shown[:1]:
            lines.append(f"    {verdict.channel}: {_cut(verdict.reason, 3 * width)}")
    return lines


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + " …"
