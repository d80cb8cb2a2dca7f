"""Z-scored days and their observed mask in, sensor tokens and one feature a day out.

A day is cut into patches of minutes x channels. In "drop" mode a patch with nothing observed leaves the sequence, so
missing data cost nothing and invent nothing; a partly observed patch adds a learned vector for each missing value.

Letters in shapes: b days, t minutes, c channels, l patches of a full day, p values of a patch, n packed tokens.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from sensorlm.config.model import SensorTowerConfig
from sensorlm.errors import ConfigError
from sensorlm.model.attention import Layout, Tokens
from sensorlm.model.blocks import Block, MapPool, Stack, mean_pool
from sensorlm.model.positions import interpolate_positions, sincos_positions


class SensorTower(nn.Module):
    """Vision transformer over a day (reference: patch 10 x 2, learned positions, MAP head)."""

    def __init__(self, config: SensorTowerConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        sizes = (width, config.num_heads, config.mlp_width, config.activation, config.norm_eps)
        self.patch_embed = nn.Linear(config.patch_size, width)
        if config.missing == "drop":
            self.missing_embed = nn.Linear(config.patch_size, width, bias=False)
            self.no_data = nn.Parameter(torch.empty(width))
        if config.positions == "learned":
            self.positions = nn.Parameter(torch.empty(config.num_patches, width))
        self.blocks = Stack([Block(*sizes) for _ in range(config.depth)])
        self.norm = nn.LayerNorm(width, eps=config.norm_eps)
        self.map_pool = MapPool(*sizes, config.num_probes) if config.pooling == "map" else None

    def forward(
        self, values: Float[Tensor, "b t c"], observed: Bool[Tensor, "b t c"] | None = None
    ) -> Float[Tensor, "b d"]:
        """One feature a day, not normalised."""
        return self.pool(self.tokens(values, observed))

    def tokens(self, values: Float[Tensor, "b t c"], observed: Bool[Tensor, "b t c"] | None = None) -> Tokens:
        """Encoded tokens after the final norm, packed where patches were dropped.

        Args:
            values: z-scores; what lies under `observed` False is never read.
            observed: False where missing. None: missing is what is not finite.
        """
        if observed is None:
            observed = values.isfinite()
        return self.encode(self.embed(torch.where(observed, values, 0.0), observed))

    def encode(self, embedded: Tokens) -> Tokens:
        """Embedded tokens through all blocks and the final norm."""
        return Tokens(self.norm(self.blocks(embedded.x, embedded.layout)), embedded.layout)

    def pool(self, tokens: Tokens) -> Float[Tensor, "b d"]:
        """One vector a day from its encoded tokens."""
        return mean_pool(tokens) if self.map_pool is None else self.map_pool(tokens)

    def embed(self, values: Float[Tensor, "b t c"], observed: Bool[Tensor, "b t c"]) -> Tokens:
        """Patch tokens before the first block: linear patch + position (+ what is missing)."""
        positions = self.grid_positions(values.shape[1], values.shape[2])
        patches, missing, keep = self.cut(values, observed)
        if keep is None or bool(keep.all()):
            return Tokens(self.embed_whole(patches, missing, positions))
        return self._pack(patches, missing, keep, positions)

    def cut(self, values: Tensor, observed: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Patches (b, l, p), which of their values are missing, and (b, l) which patches are kept (None: all)."""
        patches = self.patchify(values, 0.0).to(self.patch_embed.weight.dtype)
        if self.config.missing == "impute":
            return patches, patches, None
        # The partner of an odd last channel counts as observed here: it is always absent, so it says nothing.
        seen, missing = self.patchify(observed, False), self.patchify(~observed, False)
        return patches, missing, seen.any(-1)

    def embed_whole(self, patches: Tensor, missing: Tensor, positions: Tensor) -> Tensor:
        """(b, l, d) tokens of days none of whose patches left the sequence."""
        x = self.patch_embed(patches)
        if self.config.missing == "drop":
            x = x + self.missing_embed(missing.to(patches.dtype))
        whole: Tensor = x + positions
        return whole

    def _pack(self, patches: Tensor, missing: Tensor, keep: Tensor, positions: Tensor) -> Tokens:
        counts = keep.sum(1)
        lengths = tuple(counts.tolist())
        sample, place = keep.nonzero(as_tuple=True)
        kept = patches[sample, place]
        x = self.patch_embed(kept) + self.missing_embed(missing[sample, place].to(kept.dtype)) + positions[place]
        if 0 in lengths:
            # A day with nothing observed is one learned token, so that its feature stays finite.
            layout = Layout(tuple(max(n, 1) for n in lengths), x.device)
            empty = (counts == 0)[layout.samples]
            slots = (~empty).nonzero()[:, 0]
            x = self.no_data.to(x.dtype).expand(len(layout.samples), -1).index_copy(0, slots, x)
            return Tokens(x, layout)
        return Tokens(x, Layout(lengths, x.device))

    def patchify(self, x: Tensor, fill: float | bool) -> Tensor:
        """(b, t, c) to (b, l, p), patches time-major, values of a patch minute-major; an odd channel gets a partner."""
        minutes, channels = self.config.patch_minutes, self.config.patch_channels
        if x.shape[1] % minutes:
            raise ConfigError(
                f"a day of {x.shape[1]} minutes cannot be cut into patches of patch_minutes={minutes}. "
                "Give a multiple of it; hide minutes instead of cropping them."
            )
        short = -x.shape[2] % channels
        if short:
            x = torch.cat([x, x.new_full((*x.shape[:2], short), fill)], 2)
        # (b, rows, minutes, columns, channels)
        x = x.reshape(len(x), -1, minutes, x.shape[2] // channels, channels)
        return x.transpose(2, 3).flatten(3).flatten(1, 2)

    def grid_positions(self, num_minutes: int, num_channels: int) -> Float[Tensor, "l d"]:
        """Positions for a day of this size, interpolated where it is not the trained one."""
        config = self.config
        grid = (num_minutes // config.patch_minutes, -(-num_channels // config.patch_channels))
        if config.positions == "sincos":
            weight = self.patch_embed.weight
            return sincos_positions(grid, config.width, weight.device).to(weight.dtype)
        return interpolate_positions(self.positions, config.grid, grid)
