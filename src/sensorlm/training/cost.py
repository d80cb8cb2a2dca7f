"""A configuration in; the memory a step will need and the operations a day costs, out.

Counts are of what autograd keeps for the backward pass, checked against the bytes it really saves (tests). They
choose the side of too much: activations of one micro-batch at their largest, beside all states.
"""

from dataclasses import dataclass, replace

from sensorlm.config.model import ModelConfig
from sensorlm.config.training import TrainingConfig
from sensorlm.errors import TrainingError

GIB = 2**30
# Peak dense bfloat16 TFLOP/s by a part of the device's name (vendors' data sheets).
PEAK_TFLOPS = {"H200": 989.0, "H100": 989.0, "A100": 312.0, "L40S": 362.0, "L4": 121.0, "A10": 125.0, "4090": 165.0}


@dataclass(frozen=True)
class Cost:
    """What a step needs, in bytes."""

    weights: float
    gradients: float
    optimizer: float
    activations: float
    loss: float

    @property
    def total(self) -> float:
        """All of it, in bytes."""
        return self.weights + self.gradients + self.optimizer + self.activations + self.loss


def num_parameters(model: ModelConfig) -> int:
    """Learned numbers, to within a percent."""
    total = 0
    for stack in (model.sensor, model.text, model.decoder):
        if stack is None:
            continue
        attention = 8 if stack is model.decoder else 4
        total += stack.depth * stack.width * (attention * stack.width + 2 * stack.mlp_width + 9)
    total += model.sensor.num_patches * model.sensor.width
    if model.sensor.pooling == "map":
        total += model.sensor.width * (4 * model.sensor.width + 2 * model.sensor.mlp_width)
    if model.sensor.pooled_width != model.embed_dim:
        total += model.sensor.pooled_width * model.embed_dim
    for reader in (model.text, model.decoder):
        if reader is not None:
            total += (reader.vocab_size + reader.context_length) * reader.width
    if model.text is not None:
        total += model.text.width * model.embed_dim
    return total


def step_cost(config: TrainingConfig, *, processes: int = 1) -> Cost:
    """Memory of a training step of one process."""
    model, days = config.model, config.batch_size
    parameters = num_parameters(model)
    shards = processes if config.distributed == "fsdp" else 1
    held = {"fp32": (4, 4, 8), "amp_bf16": (4, 4, 8), "bf16": (2, 2, 12), "fp8": (2, 2, 12)}[config.precision]
    weights, gradients, optimizer = (parameters * bytes_ / shards for bytes_ in held)
    size = 4 if config.precision == "fp32" else 2
    length = config.context_length
    activations = _stack_floats(config, model.sensor.num_patches, model.sensor) * size
    for reader in (model.text, model.decoder):
        if reader is not None:
            activations += _stack_floats(config, length, reader) * size
    if model.decoder is not None:  # keys and values of every sensor token, in every block; and the word logits
        activations += model.decoder.depth * model.sensor.num_patches * 2 * model.decoder.width * size
        activations += length * model.decoder.num_words * (size + 8)
    batch = days * config.accum_freq
    tile = min(config.chunk_size, batch * processes)
    loss = 4 * (4 * tile * tile + 6 * batch * model.embed_dim)
    return Cost(weights, gradients, optimizer, days * activations, loss)


def _stack_floats(config: TrainingConfig, tokens: int, stack: object) -> float:
    """Values saved for the backward pass of one sample through a stack of blocks.

    A block keeps, per token: input and output of two norms, q k v, the attention's output twice (as heads and
    joined), and the MLP's hidden values before and after the activation: about (11 + 2 mlp_ratio) widths.
    """
    width, depth, ratio = (getattr(stack, name) for name in ("width", "depth", "mlp_ratio"))
    block = tokens * width * (11 + 2 * ratio)
    around = 6 * tokens * width  # embedding, last norm, keys and values of the pooling
    if config.grad_checkpointing and config.grad_checkpointing_part == "blocks":
        return float(depth * tokens * width + block + around)
    if config.grad_checkpointing:
        # Products only: input, sum, q k v, attention twice, what both branches add; hidden values once or not at all.
        block = tokens * width * {"mlp": 11, "pointwise": 9 + ratio, "pointwise+mlp": 8}[config.grad_checkpointing_part]
    return float(depth * block + around)


def check_fits(config: TrainingConfig, available_bytes: float, *, processes: int = 1) -> Cost:
    """The cost of a step.

    Raises:
        TrainingError: it is above `available_bytes`; names the figure and an option under which it fits.
    """
    cost = step_cost(config, processes=processes)
    if cost.total <= available_bytes:
        return cost
    raise TrainingError(
        f"a step needs about {cost.total / GIB:.1f} GiB ({cost.activations / GIB:.1f} of it activations of "
        f"batch_size={config.batch_size}), and {available_bytes / GIB:.1f} GiB are there. "
        f"{_remedy(config, available_bytes, processes)} (--no-vram-check goes on regardless.)"
    )


def _remedy(config: TrainingConfig, available: float, processes: int) -> str:
    def fits(candidate: TrainingConfig) -> bool:
        return step_cost(candidate, processes=processes).total <= available

    options: list[tuple[str, TrainingConfig]] = []
    if config.precision == "fp32":
        options.append(("--precision amp_bf16", replace(config, precision="amp_bf16")))
    if not config.grad_checkpointing:
        options.append(("--grad-checkpointing", replace(config, grad_checkpointing=True)))
    for factor in (2**i for i in range(1, config.batch_size.bit_length())):
        smaller = replace(config, batch_size=config.batch_size // factor, accum_freq=config.accum_freq * factor)
        flags = f"--batch-size {smaller.batch_size} --accum-freq {smaller.accum_freq}"
        options.append((flags, smaller))
        options.append((f"{flags} --grad-checkpointing", replace(smaller, grad_checkpointing=True)))
    for flags, candidate in options:
        if fits(candidate):
            need = step_cost(candidate, processes=processes).total / GIB
            return f"{flags} needs about {need:.1f} GiB."
    return "No batch of it fits: use a smaller --preset, or --distributed fsdp over several processes."


def day_flops(model: ModelConfig, context_length: int, tokens: float | None = None) -> float:
    """Floating-point operations of one day in training: 3 forward passes' worth of matrix products, 2 per multiply-add.

    Args:
        model: sizes.
        context_length: tokens of its caption.
        tokens: sensor tokens really there (patches with data); None: all.
    """
    patches = model.sensor.num_patches if tokens is None or model.sensor.missing == "impute" else tokens

    def stack(length: float, width: int, depth: int, mlp_width: int) -> float:
        return depth * (2 * length * width * (4 * width + 2 * mlp_width) + 4 * length * length * width)

    sensor = model.sensor
    total = stack(patches, sensor.width, sensor.depth, sensor.mlp_width)
    total += 2 * patches * sensor.patch_size * sensor.width
    for reader in (model.text, model.decoder):
        if reader is not None:
            total += stack(context_length, reader.width, reader.depth, reader.mlp_width)
    if model.decoder is not None:
        wide, deep = model.decoder.width, model.decoder.depth
        total += deep * (4 * wide * wide * (context_length + patches) + 4 * context_length * patches * wide)
        total += 2 * context_length * wide * model.decoder.num_words
    return 3 * total


def peak_flops(device_name: str) -> float | None:
    """Peak dense bfloat16 operations a second of a device, where we know it."""
    for part, tflops in PEAK_TFLOPS.items():
        if part in device_name:
            return tflops * 1e12
    return None
