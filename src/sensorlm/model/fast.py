"""A model in, the same model compiled and, if asked, in 8-bit floats out: what a GPU run switches on.

Blocks are compiled one by one: they are all alike, so one compilation serves a whole tower, and the time is lost inside
them anyway. The same numbers come out as from the plain model, to the precision of its type (tests, benchmarks).
"""

from torch import nn

from sensorlm.model.blocks import Block, MapPool
from sensorlm.model.fp8 import use_fp8


def speed_up(
    model: nn.Module, *, compile_blocks: bool = True, fp8: bool = False, dynamic: bool | None = None
) -> nn.Module:
    """Compile the parts of `model` that hold its time, in place.

    Args:
        model: a SensorLM, already on its device and in its type.
        compile_blocks: torch.compile every block and pooling.
        fp8: linear layers of the sensor and text blocks in 8-bit floats.
        dynamic: as in torch.compile; True where packed lengths change from batch to batch.

    Returns:
        The same module.
    """
    if fp8:
        use_fp8(model)
    if compile_blocks:
        for module in model.modules():
            if isinstance(module, Block | MapPool):
                module.compile(dynamic=dynamic)
    return model
