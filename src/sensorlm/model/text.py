"""Token ids in, one feature a text out: the reference's, sensorlm-rs' and BERT's transformer by configuration.

Letters in shapes: b texts, l tokens, n packed tokens, d width.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from sensorlm.config.model import ModelConfig, TextTowerConfig
from sensorlm.errors import ConfigError
from sensorlm.model.attention import Layout, Tokens
from sensorlm.model.blocks import Block, MapPool, PostNormBlock, Stack, mean_pool


def text_mask(tokens: Int[Tensor, "b l"], pad_id: int, eos_id: int) -> Bool[Tensor, "b l"]:
    """True on real tokens. Where padding is the EOS repeated (sticky EOS), the first EOS is real."""
    padding = tokens == pad_id
    if pad_id == eos_id:
        padding = padding & (padding.cumsum(1) > 1)
    return ~padding


def pack(x: Float[Tensor, "b l d"], mask: Bool[Tensor, "b l"]) -> Tokens:
    """The tokens under `mask` without the rest; a text with none keeps its first."""
    mask = mask.clone()
    mask[:, 0] |= ~mask.any(1)
    if bool(mask.all()):
        return Tokens(x)
    return Tokens(x[mask], Layout(tuple(mask.sum(1).tolist()), x.device))


class TextTower(nn.Module):
    """Transformer over token ids: pre-norm (ours, the reference's) or post-norm (a BERT-shaped sentence encoder)."""

    def __init__(self, config: TextTowerConfig) -> None:
        super().__init__()
        self.config = config
        sizes = (config.width, config.num_heads, config.mlp_width, config.activation, config.norm_eps)
        block = PostNormBlock if config.architecture == "bert" else Block
        self.token_embed = nn.Embedding(config.vocab_size, config.width)
        self.positions = nn.Parameter(torch.empty(config.context_length, config.width))
        self.blocks = Stack([block(*sizes) for _ in range(config.depth)])
        self.norm = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.map_pool = MapPool(*sizes) if config.pooling == "map" else None

    def forward(self, tokens: Int[Tensor, "b l"], mask: Bool[Tensor, "b l"] | None = None) -> Float[Tensor, "b d"]:
        """One vector a text, before the projection.

        Args:
            tokens: ids, padded at the end.
            mask: True on real tokens; None reads it off the padding id.

        Raises:
            ConfigError: more tokens than the tower has positions for.
        """
        return self.pool(*self.states(tokens, mask))

    def states(
        self, tokens: Int[Tensor, "b l"], mask: Bool[Tensor, "b l"] | None = None
    ) -> tuple[Tokens, Bool[Tensor, "b l"] | None]:
        """One vector a token, the prefix's first where there is one; and the mask, where padding is still among them.

        Args and errors as of `forward`.
        """
        config = self.config
        if mask is None:
            mask = text_mask(tokens, config.pad_id, config.eos_id)
        if config.prefix_id is not None:
            tokens, mask = F.pad(tokens, (1, 0), value=config.prefix_id), F.pad(mask, (1, 0), value=True)
        length = check_length(tokens, config.context_length)
        x = self.token_embed(tokens).to(self.positions.dtype) + self.positions[:length]
        if not config.padding_mask:
            return Tokens(self.encode(x)), mask
        if config.causal:
            # Padding lies behind every real token, so causality alone already hides it.
            return pack(self.encode(x), mask), None
        packed = pack(x, mask)
        return Tokens(self.encode(packed.x, packed.layout), packed.layout), None

    def encode(self, x: Tensor, layout: Layout | None = None) -> Tensor:
        """Blocks and norm; BERT normalises the embeddings instead of the output."""
        normalise_first = self.config.architecture == "bert"
        x = self.blocks(self.norm(x) if normalise_first else x, layout, self.config.causal)
        return x if normalise_first else self.norm(x)

    def pool(self, tokens: Tokens, mask: Bool[Tensor, "b l"] | None) -> Float[Tensor, "b d"]:
        """One vector a text; `mask` is given where padding is still among the (dense) tokens."""
        if self.config.pooling == "last":
            return last_token(tokens)
        if self.map_pool is not None:
            return self.map_pool(tokens)
        if mask is None:
            return mean_pool(tokens)
        weight = mask.to(tokens.x.dtype)
        return (tokens.x * weight[..., None]).sum(1) / weight.sum(1, keepdim=True).clamp_min(1.0)


class TextHead(nn.Module):
    """A linear projection and an MLP beside it: what a frozen sentence encoder tells apart only along curves."""

    def __init__(self, width: int, hidden: int, embed_dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, embed_dim)
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, embed_dim)

    def forward(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b e"]:
        """Not normalised."""
        out: Tensor = self.linear(x) + self.fc2(F.gelu(self.fc1(self.norm(x))))
        return out


def text_projection(config: ModelConfig) -> nn.Module:
    """What turns the text tower's vector into a feature: linear, or with `text_head_width` a `TextHead`."""
    assert config.text is not None
    if config.text_head_width:
        return TextHead(config.text.width, config.text_head_width, config.embed_dim)
    return nn.Linear(config.text.width, config.embed_dim)


def last_token(tokens: Tokens) -> Float[Tensor, "b d"]:
    """Each text's final token."""
    if tokens.layout is None:
        return tokens.x[:, -1]
    return tokens.x[tokens.layout.offsets[1:].long() - 1]


def check_length(tokens: Tensor, context_length: int) -> int:
    """The number of tokens a text has.

    Raises:
        ConfigError: it exceeds the positions there are.
    """
    length = tokens.shape[1]
    if length > context_length:
        raise ConfigError(
            f"a text of {length} tokens exceeds context_length={context_length}. "
            "Tokenize with a shorter context, or build the model with a longer one."
        )
    return length
