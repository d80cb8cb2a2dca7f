"""Files stay readable: 300 lines at most, unless a reason is written here."""

from pathlib import Path

LIMIT = 300
# Path under src/sensorlm -> why it may be longer.
ALLOWED: dict[str, str] = {}


def test_no_source_file_is_longer_than_the_limit():
    root = Path(__file__).parent.parent / "src" / "sensorlm"
    long = {
        str(path.relative_to(root)): lines
        for path in root.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LIMIT
    }
    assert set(long) <= set(ALLOWED), f"over {LIMIT} lines without a reason in ALLOWED: {long}"
    assert set(ALLOWED) <= set(long), f"reasons that are no longer needed: {set(ALLOWED) - set(long)}"
