"""What the demo says of a run that was too short; the demo itself is run by scripts/demo."""

from sensorlm.cli.demo_page import ENOUGH_STEPS, too_few


def test_a_short_run_is_called_too_short():
    assert too_few(ENOUGH_STEPS) == ""
    said = too_few(140)
    assert said.startswith("140 steps are too few")
    assert f"--steps {ENOUGH_STEPS}" in said
