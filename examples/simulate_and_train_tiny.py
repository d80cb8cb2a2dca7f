"""Simulated people in, a trained (very small) model out, asked about people it has not seen. No data needed.

python examples/simulate_and_train_tiny.py OUTPUT_FOLDER [--steps 12] [--people 12]

A dozen steps teach it nothing worth having: this shows the calls, and where every file goes.
"""

import argparse
from pathlib import Path

from sensorlm import SensorLM
from sensorlm.captions import generate_captions
from sensorlm.channels import CHANNEL_SETS
from sensorlm.config.presets import preset
from sensorlm.config.training import TrainingConfig
from sensorlm.simulate import iter_days
from sensorlm.store import open_dataset, write_dataset
from sensorlm.training import train

KEY = "high_level_summary_caption"


def main() -> None:
    """Simulate, write, train, load, ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--steps", type=int, default=12)
    options = parser.parse_args()

    # Two of the people are held out by name; without `splits` a hash of the person decides.
    days = iter_days(1, 0, 3 * options.people, days_per_person=3, devices=["band"])
    held_out = {f"simulated/s1p{i:06d}": "test" if i < 2 else "train" for i in range(options.people)}
    write_dataset(
        options.folder / "days", days, CHANNEL_SETS["sensorlm-34"], splits=held_out,
        captions=lambda group: generate_captions(group, [KEY], seed=1),
    )  # fmt: skip
    dataset = open_dataset(options.folder / "days")
    print(f"{len(dataset)} days of {len(dataset.people())} people, {len(dataset.rows('train'))} to train on")

    small = {"depth": 1, "width": 32, "num_heads": 2, "mlp_ratio": 2.0}
    changes = {f"{tower}.{name}": value for tower in ("sensor", "text") for name, value in small.items()}
    result = train(
        TrainingConfig(
            data=str(options.folder / "days"), folder=str(options.folder / "run"), caption_keys=KEY,
            model=preset("tiny", overrides={**changes, "embed_dim": 32, "text.context_length": 48}),
            context_length=48, steps=options.steps, batch_size=8, lr=2e-3, workers=0, device="cpu",
        )
    )  # fmt: skip
    print(f"{result.steps} steps, loss {result.loss:.3f}; checkpoint in {result.checkpoint}")

    model = SensorLM.from_pretrained(result.checkpoint).eval()
    rows = dataset.rows("test").tolist()
    texts = [dataset.captions(row)[KEY][0].text for row in rows]
    scores = (model.encode_sensor([dataset.day(row) for row in rows]) @ model.encode_text(texts).T).detach()
    right = int((scores.argmax(1).numpy() == range(len(rows))).sum())
    print(f"captions of held-out days found: {right} of {len(rows)} (by chance one)")


if __name__ == "__main__":
    main()
