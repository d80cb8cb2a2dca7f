"""Files and functions stay readable: 300 and 60 lines at most, unless a reason is written here."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "sensorlm"
LIMIT = 300
# Path under src/sensorlm -> why it may be longer.
ALLOWED: dict[str, str] = {}
FUNCTION_LIMIT = 60
# "path:function" -> why it may be longer.
ALLOWED_FUNCTIONS: dict[str, str] = {}


def test_no_source_file_is_longer_than_the_limit():
    long = {
        str(path.relative_to(SOURCE)): lines
        for path in SOURCE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LIMIT
    }
    assert set(long) <= set(ALLOWED), f"over {LIMIT} lines without a reason in ALLOWED: {long}"
    assert set(ALLOWED) <= set(long), f"reasons that are no longer needed: {set(ALLOWED) - set(long)}"


def functions(text):
    """Name and lines of every function, from its `def` to its last line; inner ones too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.end_lineno - node.lineno + 1


def test_no_function_is_longer_than_the_limit():
    long = {
        f"{path.relative_to(SOURCE)}:{name}": lines
        for path in SOURCE.rglob("*.py")
        for name, lines in functions(path.read_text(encoding="utf-8"))
        if lines > FUNCTION_LIMIT
    }
    assert set(long) <= set(ALLOWED_FUNCTIONS), f"over {FUNCTION_LIMIT} lines and not in ALLOWED_FUNCTIONS: {long}"
    assert set(ALLOWED_FUNCTIONS) <= set(long), f"reasons no longer needed: {set(ALLOWED_FUNCTIONS) - set(long)}"


def test_lines_of_a_function_are_counted_with_its_parameters_and_inner_functions():
    text = """
@cached
def outer(
    a,
):
    def inner():
        return a

    return inner


class Thing:
    async def method(self): ...
"""
    assert sorted(functions(text)) == [("inner", 2), ("method", 1), ("outer", 7)]
