"""A model in, the same model compiled out: what a GPU run switches on.

Blocks are compiled one by one: they are all alike, so one compilation serves a whole tower, the time is lost inside
them anyway, and the packing of dropped patches, which asks the device how many there are, stays outside.
"""

from torch import nn

from sensorlm.model.blocks import MapPool, Stack


def compile_blocks(model: nn.Module) -> nn.Module:
    """torch.compile every block and pooling of `model`, in place; returns it."""
    for module in model.modules():
        if isinstance(module, Stack):
            for block in module:
                block.compile()
        elif isinstance(module, MapPool):
            module.compile()
    return model


def compile_for_latency(model: nn.Module) -> nn.Module:
    """Compile each stack of blocks as one graph that the GPU replays by itself; returns the model.

    At batch 1 a block computes for less time than its launches take, so they are recorded once (CUDA graphs). The shape
    of the input is fixed by the first call: for whole days, or windows of one length, one after another.
    """
    for module in model.modules():
        if isinstance(module, Stack | MapPool):
            module.compile(mode="reduce-overhead", dynamic=False)
    return model
