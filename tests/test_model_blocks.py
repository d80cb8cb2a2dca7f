"""Blocks, poolings and positions against torch's own layers with copied weights, and loops from the papers."""

import math

import pytest
import torch
from model_helpers import run_python, small_model
from torch import nn

from sensorlm.model.attention import Layout, Tokens
from sensorlm.model.blocks import Block, MapPool, PostNormBlock, Stack
from sensorlm.model.initialise import initialise
from sensorlm.model.positions import interpolate_positions, sincos_positions


def filled(module, seed=0):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return module


def torch_layer(block, norm_first, heads, width, activation):
    layer = nn.TransformerEncoderLayer(
        width, heads, block.mlp.fc1.out_features, 0.0, activation, block.norm1.eps, True, norm_first
    )
    layer.load_state_dict(
        {
            "self_attn.in_proj_weight": block.attn.qkv.weight, "self_attn.in_proj_bias": block.attn.qkv.bias,
            "self_attn.out_proj.weight": block.attn.proj.weight, "self_attn.out_proj.bias": block.attn.proj.bias,
            "linear1.weight": block.mlp.fc1.weight, "linear1.bias": block.mlp.fc1.bias,
            "linear2.weight": block.mlp.fc2.weight, "linear2.bias": block.mlp.fc2.bias,
            "norm1.weight": block.norm1.weight, "norm1.bias": block.norm1.bias,
            "norm2.weight": block.norm2.weight, "norm2.bias": block.norm2.bias,
        }
    )  # fmt: skip
    return layer


@pytest.mark.parametrize(("kind", "norm_first"), [(Block, True), (PostNormBlock, False)])
@pytest.mark.parametrize("activation", ["gelu", "gelu_tanh"])
@pytest.mark.parametrize("causal", [False, True])
def test_a_block_equals_torchs_encoder_layer(kind, norm_first, activation, causal):
    block = filled(kind(24, 3, 40, activation, 1e-5))
    function = nn.GELU(approximate="tanh" if activation == "gelu_tanh" else "none")
    layer = torch_layer(block, norm_first, 3, 24, function)
    x = torch.randn(2, 7, 24, generator=torch.Generator().manual_seed(1))
    mask = nn.Transformer.generate_square_subsequent_mask(7) if causal else None
    torch.testing.assert_close(block(x, None, causal), layer(x, mask), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("probes", [1, 3])
def test_map_pool_equals_torchs_attention(probes):
    pool = filled(MapPool(24, 3, 40, "gelu", 1e-6, probes))
    attention = nn.MultiheadAttention(24, 3, batch_first=True)
    attention.load_state_dict(
        {
            "in_proj_weight": torch.cat([pool.attn.q.weight, pool.attn.kv.weight]),
            "in_proj_bias": torch.cat([pool.attn.q.bias, pool.attn.kv.bias]),
            "out_proj.weight": pool.attn.proj.weight, "out_proj.bias": pool.attn.proj.bias,
        }
    )  # fmt: skip
    x = torch.randn(2, 7, 24, generator=torch.Generator().manual_seed(1))
    pooled = attention(pool.probe.expand(2, -1, -1), x, x, need_weights=False)[0]
    each = [pooled[:, i] + pool.mlp(pool.norm(pooled[:, i])) for i in range(probes)]
    wanted = torch.cat(each, 1)
    torch.testing.assert_close(pool(Tokens(x)), wanted, rtol=1e-4, atol=1e-5)
    packed = pool(Tokens(x.flatten(0, 1), Layout((7, 7), x.device)))
    torch.testing.assert_close(packed, wanted, rtol=1e-4, atol=1e-5)


def test_gradient_checkpointing_gives_the_same_gradients():
    stack = Stack([filled(Block(16, 2, 32, "gelu_tanh", 1e-6), i) for i in range(2)])
    x = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(1))
    gradients = []
    for enabled in (False, True):
        stack.grad_checkpointing = enabled
        stack.zero_grad()
        stack(x, None, False).square().sum().backward()
        gradients.append([p.grad.clone() for p in stack.parameters()])
    for a, b in zip(*gradients, strict=True):
        assert torch.equal(a, b)


def test_the_whole_model_can_checkpoint_its_activations():
    model = small_model()
    model.set_grad_checkpointing()
    assert all(s.grad_checkpointing for s in (model.sensor.blocks, model.text.blocks, model.decoder.blocks))
    model.set_grad_checkpointing(False)
    assert not model.sensor.blocks.grad_checkpointing


def test_sincos_positions_against_a_loop():
    got = sincos_positions((3, 2), 16)
    assert got.shape == (6, 16)
    for row in range(3):
        for column in range(2):
            for i in range(4):
                omega = 10_000 ** (-i / 3)
                x, y = column * omega, row * omega
                wanted = (math.sin(x), math.cos(x), math.sin(y), math.cos(y))
                for part, value in enumerate(wanted):
                    assert got[row * 2 + column, part * 4 + i].item() == pytest.approx(value, abs=1e-6)


def test_learned_positions_stretch_to_another_grid():
    grid = torch.arange(4.0)[:, None].expand(-1, 3).reshape(12, 1)  # the value is the row
    assert interpolate_positions(grid, (4, 3), (4, 3)) is grid
    stretched = interpolate_positions(grid, (4, 3), (8, 2)).view(8, 2)
    assert stretched[:, 0].tolist() == stretched[:, 1].tolist()
    assert stretched[:, 0].tolist() == pytest.approx([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.0])


@pytest.mark.parametrize("positions", ["learned", "sincos"])
def test_a_model_takes_days_of_another_length_and_channel_count(positions):
    model = small_model(sensor__positions=positions)
    assert model.encode_sensor(torch.zeros(2, 720, 4)).shape == (2, 32)
    assert model.encode_sensor(torch.zeros(2, 1440, 6)).shape == (2, 32)


def test_initialisation_is_the_references():
    model = small_model(sensor__width=64, sensor__num_heads=2)
    initialise(model, 0)
    tower = model.sensor
    bound = math.sqrt(6 / (64 + 64))
    qkv = tower.blocks[0].attn.qkv.weight.detach()
    assert qkv.abs().max() <= bound
    assert qkv.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)
    assert tower.positions.std().item() == pytest.approx(1 / 8, rel=0.05)
    assert tower.missing_embed.weight.abs().max() == 0
    assert tower.norm.weight.min() == 1
    assert tower.norm.bias.abs().max() == 0
    assert 0 < tower.blocks[0].mlp.fc1.bias.abs().max() < 1e-5


def test_the_dense_path_compiles_whole():
    """Both towers and the decoder without a graph break."""
    code = """
import torch
from sensorlm.config.presets import preset
from sensorlm.model import SensorLM
sizes = {f"{t}.{k}": v for t in ("sensor", "text", "decoder") for k, v in
         {"width": 16, "depth": 1, "num_heads": 2}.items()}
model = SensorLM(preset("tiny", decoder=True, overrides={**sizes, "sensor.missing": "impute", "embed_dim": 16}))
days, tokens = torch.randn(2, 1440, 34), torch.arange(20).view(2, 10)
compiled = torch.compile(model, backend="eager", fullgraph=True)(days, None, tokens)
plain = model(days, None, tokens)
for key in ("sensor_features", "text_features", "caption_logits"):
    torch.testing.assert_close(compiled[key], plain[key])
"""
    done = run_python(code)
    assert done.returncode == 0, done.stderr[-2000:]
