"""The command line: argv in, printing and exit codes out. One file a command."""

from sensorlm.cli.app import main

__all__ = ["main"]
