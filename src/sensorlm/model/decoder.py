"""Sensor tokens and caption ids in, next-token logits out: causal blocks that cross-attend to the sensor (CoCa).

Letters in shapes: b days, g captions a day in flight (beams), l tokens, d width, v vocabulary.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from sensorlm.config.model import DecoderConfig
from sensorlm.model.attention import Attention, CrossAttention, Tokens, dense_attention
from sensorlm.model.blocks import Mlp, Stack
from sensorlm.model.text import check_length


@dataclass
class LayerCache:
    """What one block keeps between steps of generation."""

    memory_keys: Tensor
    memory_values: Tensor
    """(b, m, h, k): computed once."""
    keys: Tensor | None = None
    values: Tensor | None = None
    """(b g, l so far, h, k)."""


class DecoderBlock(nn.Module):
    """Causal self-attention, cross-attention to the sensor tokens, MLP; all pre-norm."""

    def __init__(self, config: DecoderConfig, memory_width: int) -> None:
        super().__init__()
        width, eps = config.width, config.norm_eps
        self.norm1 = nn.LayerNorm(width, eps=eps)
        self.attn = Attention(width, config.num_heads)
        self.norm_cross = nn.LayerNorm(width, eps=eps)
        self.cross = CrossAttention(width, config.num_heads, memory_width)
        self.norm2 = nn.LayerNorm(width, eps=eps)
        self.mlp = Mlp(width, config.mlp_width, config.activation)

    def forward(self, x: Float[Tensor, "b l d"], memory: Tokens) -> Float[Tensor, "b l d"]:
        """All positions at once, each seeing those before it."""
        x = x + self.attn(self.norm1(x), causal=True)
        x = x + self.cross(self.norm_cross(x), memory)
        return x + self.mlp(self.norm2(x))

    def step(self, x: Float[Tensor, "bg l d"], cache: LayerCache, mask: Tensor | None) -> Float[Tensor, "bg l d"]:
        """New positions only; the earlier ones are in `cache`, which grows. Several at once only at the start."""
        q, k, v = self.attn.heads(self.norm1(x))
        first = cache.keys is None
        cache.keys = k if cache.keys is None else torch.cat([cache.keys, k], 1)
        cache.values = v if cache.values is None else torch.cat([cache.values, v], 1)
        attended = dense_attention(q, cache.keys, cache.values, causal=first)
        x = x + self.attn.proj(attended.flatten(-2))
        # All captions of one day read the same memory: they queue as one sequence of queries, nothing is repeated.
        days = cache.memory_keys.shape[0]
        queries = self.norm_cross(x).reshape(days, -1, x.shape[-1])
        crossed = self.cross.attend(queries, cache.memory_keys, cache.memory_values, None, mask)
        x = x + crossed.view(x.shape)
        return x + self.mlp(self.norm2(x))


class Decoder(nn.Module):
    """Writes captions token by token from what the sensor tower saw."""

    def __init__(self, config: DecoderConfig, memory_width: int) -> None:
        super().__init__()
        self.config = config
        self.token_embed = nn.Embedding(config.vocab_size, config.width)
        self.start = nn.Parameter(torch.empty(config.width))
        self.positions = nn.Parameter(torch.empty(config.context_length, config.width))
        self.blocks = Stack([DecoderBlock(config, memory_width) for _ in range(config.depth)])
        self.norm = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.head = None if config.tied_head else nn.Linear(config.width, config.vocab_size, bias=False)

    def forward(self, tokens: Int[Tensor, "b l"], memory: Tokens) -> Float[Tensor, "b l v"]:
        """Logits where position i predicts tokens[:, i] from the learned start and tokens[:, :i]."""
        length = check_length(tokens, self.config.context_length)
        start = self.start.to(self.token_embed.weight.dtype).expand(len(tokens), 1, -1)
        x = torch.cat([start, self.token_embed(tokens[:, :-1])], 1) + self.positions[:length]
        return self.logits(self.norm(self.blocks(x, memory)))

    def logits(self, x: Float[Tensor, "*l d"]) -> Float[Tensor, "*l v"]:
        """Vocabulary scores, from the token table where the head is tied."""
        weight = self.token_embed.weight if self.head is None else self.head.weight
        return nn.functional.linear(x, weight)

    def open_cache(self, memory: Tokens) -> tuple[list[LayerCache], Tensor | None]:
        """Keys and values of the sensor tokens for every block, and their (b, m) mask."""
        x, mask = memory.padded()
        return [LayerCache(*block.cross.keys_values(x)) for block in self.blocks], mask  # type: ignore[union-attr,operator]

    def step(
        self, tokens: Int[Tensor, "bg l"] | None, caches: list[LayerCache], mask: Tensor | None, rows: int
    ) -> Float[Tensor, "bg v"]:
        """Logits of the next token after `tokens`; the first call gives the prefix of `rows` rows (None: empty)."""
        kept = caches[0].keys
        done = 0 if kept is None else kept.shape[1]
        parts = [] if done else [self.start.to(self.token_embed.weight.dtype).expand(rows, 1, -1)]
        if tokens is not None:
            parts.append(self.token_embed(tokens))
        x = torch.cat(parts, 1)
        x = x + self.positions[done : done + x.shape[1]]
        for block, cache in zip(self.blocks, caches, strict=True):
            x = block.step(x, cache, mask)  # type: ignore[operator]
        return self.logits(self.norm(x[:, -1]))
