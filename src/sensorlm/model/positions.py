"""A grid in, one position vector a token out: fixed sines and cosines, or learned ones stretched to another grid."""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def sincos_positions(grid: tuple[int, int], width: int, device: torch.device | None = None) -> Float[Tensor, "n d"]:
    """Fixed 2-D positions (MoCo v3, Chen et al. 2021): a quarter of the width each for sin/cos of both axes."""
    rows, columns = grid
    omega = 1.0 / 10_000 ** (torch.arange(width // 4, dtype=torch.float64, device=device) / (width // 4 - 1 or 1))
    y = torch.arange(rows, dtype=torch.float64, device=device)[:, None] * omega
    x = torch.arange(columns, dtype=torch.float64, device=device)[:, None] * omega
    y, x = y[:, None].expand(-1, columns, -1), x[None].expand(rows, -1, -1)
    return torch.cat([x.sin(), x.cos(), y.sin(), y.cos()], -1).flatten(0, 1).float()


def interpolate_positions(
    positions: Float[Tensor, "n d"], grid: tuple[int, int], wanted: tuple[int, int]
) -> Float[Tensor, "m d"]:
    """Learned positions of `grid` stretched bilinearly to the grid `wanted`; the same grid gives them unchanged."""
    if grid == wanted:
        return positions
    image = positions.T.unflatten(1, grid)[None]  # (1, d, rows, columns)
    return F.interpolate(image.float(), size=wanted, mode="bilinear")[0].flatten(1).T.to(positions.dtype)
