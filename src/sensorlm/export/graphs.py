"""A SensorLM in, three modules of the same mathematics with static control flow out: what an exporter can follow.

Packing days of different lengths depends on the data, so here a batch is dense: patches that no day of it has are left
out, a mask keeps those that only other days have out of attention, and the answers are the same. NaN = missing, so each
tower has one input.

Letters in shapes: b days or texts, t minutes, c channels, l tokens, d width, e features, v vocabulary.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from sensorlm.config.model import SensorTowerConfig
from sensorlm.errors import ConfigError
from sensorlm.model import SensorLM
from sensorlm.model.attention import Attention, CrossAttention, Tokens
from sensorlm.model.blocks import MapPool, PostNormBlock
from sensorlm.model.sensor_lm import unit
from sensorlm.model.text import text_mask

HIDDEN = -1e30
"""Added to scores that must not count: finite, as -inf against a row of -inf would be NaN."""


def scores_and_sums(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
    """`dense_attention` written out: every query sees a key here, so nothing has to look for rows of NaN.

    The exporter's own form of torch's fused attention does, which was a quarter of a day's time in onnxruntime.
    """
    q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)  # (b, h, queries, keys)
    if mask is not None:
        scores = scores + torch.where(mask, 0.0, HIDDEN)[:, None, None, :]
    if causal:
        order = torch.arange(q.shape[2], device=q.device)
        scores = scores + torch.where(order[:, None] >= order, 0.0, HIDDEN)
    out: Tensor = (scores.softmax(-1) @ v).transpose(1, 2).flatten(-2)
    return out


def attend(attention: Attention, x: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
    """Dense self-attention with an optional (b, l) mask of the keys."""
    q, k, v = attention.heads(x)
    out: Tensor = attention.proj(scores_and_sums(q, k, v, mask, causal))
    return out


def cross_attend(attention: CrossAttention, x: Tensor, memory: Tensor, mask: Tensor | None) -> Tensor:
    """Dense cross-attention with an optional (b, m) mask of the memory."""
    q = attention.q(x).view(*x.shape[:-1], attention.num_heads, -1)
    keys, values = attention.keys_values(memory)
    out: Tensor = attention.proj(scores_and_sums(q, keys, values, mask, False))
    return out


def encode(blocks: nn.ModuleList, x: Tensor, mask: Tensor | None, causal: bool = False) -> Tensor:
    """Dense tokens through pre-norm or post-norm blocks."""
    for block in blocks:
        if isinstance(block, PostNormBlock):
            x = block.norm1(x + attend(block.attn, x, mask, causal))
            x = block.norm2(x + block.mlp(x))
        else:
            x = x + attend(block.attn, block.norm1(x), mask, causal)  # type: ignore[operator, arg-type]
            x = x + block.mlp(block.norm2(x))  # type: ignore[operator]
    return x


def patches(config: SensorTowerConfig, x: Tensor) -> Tensor:
    """`SensorTower.patchify` for an exporter, which len() would make fix the number of days; the fill is 0 or False."""
    short = -x.shape[2] % config.patch_channels
    if short:
        x = torch.cat([x, torch.zeros_like(x[:, :, :short])], 2)
    rows, columns = x.shape[1] // config.patch_minutes, x.shape[2] // config.patch_channels
    x = x.reshape(x.shape[0], rows, config.patch_minutes, columns, config.patch_channels)
    return x.transpose(2, 3).flatten(3).flatten(1, 2)


def map_pool(pool: MapPool, x: Tensor, mask: Tensor | None) -> Tensor:
    """The attention pooling over masked dense tokens."""
    pooled = cross_attend(pool.attn, pool.probe.expand(x.shape[0], -1, -1), x, mask)
    out: Tensor = (pooled + pool.mlp(pool.norm(pooled))).flatten(1)
    return out


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """(b, d) mean of the tokens under the mask."""
    weight = mask.to(x.dtype)[..., None]
    return (x * weight).sum(1) / weight.sum(1).clamp_min(1.0)


class SensorGraph(nn.Module):
    """Days to features, tokens of the patches that any day of the batch has, and the mask of those each day has."""

    def __init__(self, model: SensorLM) -> None:
        super().__init__()
        self.sensor, self.projection = model.sensor, model.sensor_projection

    def forward(
        self, values: Float[Tensor, "b t c"]
    ) -> tuple[Float[Tensor, "b e"], Float[Tensor, "b l d"], Bool[Tensor, "b l"]]:
        """Args: values: z-scores, NaN = missing."""
        tower = self.sensor
        observed = ~values.isnan()
        clean = torch.where(observed, values, torch.zeros_like(values))
        positions = tower.grid_positions(values.shape[1], values.shape[2])
        x = tower.patch_embed(patches(tower.config, clean)) + positions
        if tower.config.missing == "impute":
            mask = torch.ones_like(x[..., 0], dtype=torch.bool)
        else:
            seen = patches(tower.config, observed)
            x = x + tower.missing_embed(patches(tower.config, ~observed).to(x.dtype))
            mask = seen.any(-1)
            # A day with nothing observed is one learned token.
            empty = ~mask.any(1, keepdim=True)
            first = torch.arange(x.shape[1], device=x.device)[None] == 0
            x = torch.where((empty & first)[..., None], tower.no_data.to(x.dtype), x)
            mask = mask | (empty & first)
            # Patches that no day of the batch has are left out: most of them, where a device records few channels.
            some = mask.any(0).nonzero()[:, 0]
            x, mask = x.index_select(1, some), mask.index_select(1, some)
        x = tower.norm(encode(tower.blocks, x, mask))
        features = masked_mean(x, mask) if tower.map_pool is None else map_pool(tower.map_pool, x, mask)
        if self.projection is not None:
            features = self.projection(features)
        return unit(features), x, mask


class TextGraph(nn.Module):
    """Token ids to features; any number of texts of any length up to the context."""

    def __init__(self, model: SensorLM) -> None:
        super().__init__()
        if model.text is None or model.text_projection is None:
            raise ConfigError("this model has no text tower, so there is none to export. Export the sensor tower.")
        self.text, self.projection = model.text, model.text_projection

    def forward(self, tokens: Int[Tensor, "b l"]) -> Float[Tensor, "b e"]:
        """Args: tokens: ids, padded at the end."""
        tower, config = self.text, self.text.config
        mask = text_mask(tokens, config.pad_id, config.eos_id)
        if config.prefix_id is not None:
            one = torch.ones_like(tokens[:, :1])
            tokens, mask = torch.cat([one * config.prefix_id, tokens], 1), torch.cat([one.bool(), mask], 1)
        first = torch.arange(tokens.shape[1], device=tokens.device)[None] == 0
        mask = mask | (first & ~mask.any(1, keepdim=True))
        embedded = tower.token_embed(tokens) + tower.positions[: tokens.shape[1]]
        if not config.padding_mask:
            hidden = self._encoded(embedded, None)
            if config.pooling == "last":
                features = hidden[:, -1]
            else:
                whole = torch.ones_like(mask)
                features = self._pooled(hidden, whole if config.pooling == "map" else mask)
        else:
            # Padding lies behind every real token, so under causality it is hidden already.
            hidden = self._encoded(embedded, None if config.causal else mask)
            features = self._last(hidden, mask) if config.pooling == "last" else self._pooled(hidden, mask)
        return unit(self.projection(features))

    def _encoded(self, x: Tensor, keys: Tensor | None) -> Tensor:
        """Blocks and norm; BERT normalises the embeddings instead of the output."""
        first = self.text.config.architecture == "bert"
        x = encode(self.text.blocks, self.text.norm(x) if first else x, keys, self.text.config.causal)
        normalised: Tensor = x if first else self.text.norm(x)
        return normalised

    def _pooled(self, x: Tensor, mask: Tensor) -> Tensor:
        return masked_mean(x, mask) if self.text.map_pool is None else map_pool(self.text.map_pool, x, mask)

    def _last(self, x: Tensor, mask: Tensor) -> Tensor:
        last = mask.sum(1) - 1
        return x.gather(1, last[:, None, None].expand(-1, 1, x.shape[2]))[:, 0]


class DecoderGraph(nn.Module):
    """Token ids and the sensor graph's tokens and mask to next-token logits."""

    def __init__(self, model: SensorLM) -> None:
        super().__init__()
        if model.decoder is None:
            raise ConfigError("this model has no decoder, so there is none to export. Export the towers.")
        self.decoder = model.decoder
        known, whole = model.decoder.config.vocabulary, model.decoder.config.vocab_size
        self.known = known is not None
        if known is not None:
            # Row of the token table of every id; what the decoder does not know reads one row past its words.
            rows = torch.full((whole,), len(known))
            rows[list(known)] = torch.arange(len(known))
            self.register_buffer("rows", rows, persistent=False)

    rows: Tensor

    def forward(
        self, tokens: Int[Tensor, "b l"], memory: Float[Tensor, "b m d"], mask: Bool[Tensor, "b m"]
    ) -> Float[Tensor, "b l v"]:
        """Position i predicts tokens[:, i] from those before it."""
        decoder = self.decoder
        start = decoder.start.expand(tokens.shape[0], 1, -1)
        words = self.rows[tokens].clamp(max=decoder.config.num_words - 1) if self.known else tokens
        x = torch.cat([start, decoder.token_embed(words[:, :-1])], 1) + decoder.positions[: tokens.shape[1]]
        for block in decoder.blocks:
            x = x + attend(block.attn, block.norm1(x), None, True)  # type: ignore[operator, arg-type]
            x = x + cross_attend(block.cross, block.norm_cross(x), memory, mask)  # type: ignore[operator, arg-type]
            x = x + block.mlp(block.norm2(x))  # type: ignore[operator]
        logits = decoder.logits(decoder.norm(x))
        if not self.known:
            return logits
        impossible = torch.full_like(logits[..., :1], -1e9)
        return torch.cat([logits, impossible], -1)[..., self.rows]


def packed_memory(tokens: Tokens) -> tuple[Tensor, Tensor]:
    """The model's own tokens as the dense (b, l, d) and mask the decoder graph takes."""
    x, mask = tokens.padded()
    return x, torch.ones_like(x[..., 0], dtype=torch.bool) if mask is None else mask
