"""The `sensorlm` program: one dict of commands, one place where errors become messages and exit codes.

Exit codes: 0 done, 1 the data or model did not pass, 2 bad input or usage, 130 interrupted.
"""

import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from sensorlm.errors import SensorLMError

# Command -> "module:function". A module is imported only when its command is asked for.
COMMANDS: dict[str, str] = {
    "demo": "sensorlm.cli.demo:demo",
    "import": "sensorlm.cli.import_:import_export",
    "quality": "sensorlm.cli.quality:quality",
    "generate-captions": "sensorlm.cli.captions:generate_captions_command",
    "train": "sensorlm.cli.train:train",
    "simulate": "sensorlm.cli.simulate:simulate",
    "quantize": "sensorlm.cli.quantize:quantize",
    "export": "sensorlm.cli.export:export",
    "info": "sensorlm.cli.info:info",
    "infer": "sensorlm.cli.infer:infer",
    "classify": "sensorlm.cli.classify:classify",
    "probe": "sensorlm.cli.probe:probe",
    "index": "sensorlm.cli.index:index",
    "search": "sensorlm.cli.search:search",
    "evaluate": "sensorlm.cli.evaluate:evaluate",
    "compare": "sensorlm.cli.compare:compare",
}
ALIASES = {"caption": "generate-captions"}


class LazyGroup(TyperGroup):
    """A click group that finds its commands in COMMANDS."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """Names in the order of a user's journey."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """Import the module of one command and build it."""
        target = COMMANDS.get(ALIASES.get(cmd_name, cmd_name))
        if target is None:
            return None
        module, function = target.split(":")
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        found = importlib.import_module(module)
        app.command(name=cmd_name, cls=getattr(found, "COMMAND", None))(getattr(found, function))
        return typer.main.get_command(app)


app = typer.Typer(
    cls=LazyGroup, name="sensorlm", no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


@app.callback()
def _root() -> None:
    """Wearable days into language and back. Research software, not a medical device."""


def main(argv: list[str] | None = None) -> Any:  # noqa: ANN401
    """Run the program on `argv` (default: the process's own) and exit with its code."""
    try:
        app(args=argv, standalone_mode=True)
    except SensorLMError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
