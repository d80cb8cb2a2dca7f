"""Sensor tokens and caption ids in, next-token logits out: causal blocks that cross-attend to the sensor (CoCa).

Letters in shapes: b days, g captions a day in flight (beams), l tokens, d width, v vocabulary, w words of it that the
decoder knows (rows of its table; all of them unless the configuration names some).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from sensorlm.config.model import DecoderConfig
from sensorlm.errors import ConfigError
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
        self.token_embed = nn.Embedding(config.num_words, config.width)
        self.start = nn.Parameter(torch.empty(config.width))
        self.positions = nn.Parameter(torch.empty(config.context_length, config.width))
        self.blocks = Stack([DecoderBlock(config, memory_width) for _ in range(config.depth)])
        self.norm = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.head = None if config.tied_head else nn.Linear(config.width, config.num_words, bias=False)

    def forward(self, tokens: Int[Tensor, "b l"], memory: Tokens) -> Float[Tensor, "b l v"]:
        """Logits where position i predicts tokens[:, i] from the learned start and tokens[:, :i].

        Raises:
            ConfigError: an id that is not in the decoder's vocabulary.
        """
        return self.spread(self.word_logits(self.words(tokens), memory))

    def words(self, tokens: Int[Tensor, "*l"]) -> Int[Tensor, "*l"]:
        """Rows of the token table of the tokenizer's ids; the ids themselves where the decoder knows them all.

        Raises:
            ConfigError: an id that is not in the decoder's vocabulary.
        """
        if self.config.vocabulary is None:
            return tokens
        known = torch.tensor(self.config.vocabulary, device=tokens.device)
        rows = torch.searchsorted(known, tokens.contiguous()).clamp(max=len(known) - 1)
        strange = tokens[known[rows] != tokens]
        if len(strange):
            raise ConfigError(
                f"token {int(strange[0])} is none of the {len(known)} that this decoder knows. "
                "Use words of its own captions, such as the names of their sections."
            )
        return rows

    def ids(self, words: Int[Tensor, "*l"]) -> Int[Tensor, "*l"]:
        """The tokenizer's ids of rows of the token table."""
        if self.config.vocabulary is None:
            return words
        return torch.tensor(self.config.vocabulary, device=words.device)[words]

    def spread(self, logits: Float[Tensor, "*l w"]) -> Float[Tensor, "*l v"]:
        """Logits of all of the tokenizer's ids; those the decoder does not know are impossible."""
        if self.config.vocabulary is None:
            return logits
        whole = logits.new_full((*logits.shape[:-1], self.config.vocab_size), -torch.inf)
        whole[..., list(self.config.vocabulary)] = logits
        return whole

    @property
    def end(self) -> int:
        """The row of the token table that is the end of a caption."""
        known = self.config.vocabulary
        return self.config.eos_id if known is None else known.index(self.config.eos_id)

    def word_logits(self, tokens: Int[Tensor, "b l"], memory: Tokens) -> Float[Tensor, "b l w"]:
        """`forward` for rows of the token table, and over them."""
        length = check_length(tokens, self.config.context_length)
        start = self.start.to(self.token_embed.weight.dtype).expand(len(tokens), 1, -1)
        x = torch.cat([start, self.token_embed(tokens[:, :-1])], 1) + self.positions[:length]
        return self.logits(self.norm(self.blocks(x, memory)))

    def logits(self, x: Float[Tensor, "*l d"]) -> Float[Tensor, "*l w"]:
        """Vocabulary scores, from the token table where the head is tied."""
        weight = self.token_embed.weight if self.head is None else self.head.weight
        return nn.functional.linear(x, weight)

    def open_cache(self, memory: Tokens) -> tuple[list[LayerCache], Tensor | None]:
        """Keys and values of the sensor tokens for every block, and their (b, m) mask."""
        x, mask = memory.padded()
        caches = []
        for block in self.blocks:
            keys, values = block.cross.keys_values(x)  # type: ignore[union-attr,operator]
            # Laid out head by head once: every step reads all of it, and one query cannot hide the jumps.
            head_major = [t.transpose(1, 2).contiguous().transpose(1, 2) for t in (keys, values)]
            caches.append(LayerCache(*head_major))
        return caches, mask

    def step(
        self, tokens: Int[Tensor, "bg l"] | None, caches: list[LayerCache], mask: Tensor | None, rows: int
    ) -> Float[Tensor, "bg w"]:
        """Logits of the next word after `tokens`; the first call gives the prefix of `rows` captions (None: empty)."""
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
