"""A checkpoint in, the same model with more probes in its pooling out: it answers as before until it is trained on.

One probe looks at a day in as many ways as the pooling has heads; what it does not look at, no text can ask for. New
probes begin in random directions, and the projection behind them at zero.

python recipes/widen.py CHECKPOINT -o WIDE --probes 8
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from sensorlm.checkpoint import load_checkpoint, save_checkpoint
from sensorlm.checkpoint.rows8 import pack_rows
from sensorlm.config.model import ModelConfig
from sensorlm.model import SensorLM


def widened(config: ModelConfig, tensors: dict[str, Tensor], probes: int, seed: int = 0) -> dict[str, Tensor]:
    """The tensors of `config`'s model as those of one with so many probes.

    Args:
        config: of the tensors; it has fewer probes, and a projection.
        tensors: all of its parameters.
        probes: to have from now on.
        seed: of the new ones' directions; each is as long as the first.

    Raises:
        ValueError: it has as many already, or no projection whose columns could be zero.
    """
    have = config.sensor.num_probes
    if probes <= have or config.sensor.pooled_width == config.embed_dim:
        raise ValueError(
            f"{have} probes cannot become {probes} before a projection from {config.sensor.pooled_width} to "
            f"{config.embed_dim}. Give more probes, of a model with a projection."
        )
    old, weight = tensors["sensor.map_pool.probe"].float(), tensors["sensor_projection.weight"].float()
    drawn = torch.randn(1, probes - have, old.shape[2], generator=torch.Generator().manual_seed(seed))
    drawn = drawn / drawn.norm(dim=2, keepdim=True) * old[:, :1].norm(dim=2, keepdim=True)
    blank = weight.new_zeros(len(weight), (probes - have) * old.shape[2])
    return tensors | {
        "sensor.map_pool.probe": torch.cat([old, drawn], 1), "sensor_projection.weight": torch.cat([weight, blank], 1),
    }  # fmt: skip


def main() -> None:  # noqa: D103
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--probes", type=int, default=8)
    args = parser.parse_args()
    before = load_checkpoint(args.checkpoint)
    assert before.tokenizer is not None
    config = before.config.replace(sensor=before.config.sensor.replace(num_probes=args.probes))
    tensors = {k: v.float().contiguous() for k, v in before.model.state_dict().items()}
    tensors = widened(before.config, tensors, args.probes)
    model = SensorLM(config, seed=None)
    model.load_state_dict(tensors)
    packed, sections = pack_rows(tensors)
    save_checkpoint(
        args.out, model, before.tokenizer, before.channel_set, extra=before.extra, tensors=packed, sections=sections
    )


if __name__ == "__main__":
    main()
