"""Encoded tokens in, one vector a sample out: attention pooling without the keys and values of every token.

A learned probe asks every token for a key, and the softmax weighs every token's value. Both are linear, so they move
out of the sum: score = (q W_k) . x and sum(a_j W_v x_j) = W_v sum(a_j x_j) (b_k shifts all scores alike and cancels).
What was a product of 2 d^2 a token is one of h d, read once. Exact, up to rounding.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from sensorlm.model.attention import Tokens
from sensorlm.model.blocks import MapPool
from sensorlm.quantize.layers import Fp8Linear, Int8Linear


def float_weight(layer: nn.Module) -> tuple[Tensor, Tensor]:
    """float32 (o, i) and (o,) of a linear layer, whatever it keeps."""
    if isinstance(layer, Int8Linear):
        weight = (layer.weight if layer.weight is not None else layer.pack()).float() * layer.scales[:, None]
        weight = weight if layer.smooth is None else weight * layer.smooth
    elif isinstance(layer, Fp8Linear):
        weight = layer.weight.float() * layer.scales[:, None]
    else:
        assert isinstance(layer, nn.Linear)
        weight = layer.weight.detach().float()
    bias = layer.bias
    return weight, torch.zeros(len(weight), device=weight.device) if bias is None else bias.detach().float()


class FusedPool(MapPool):
    """A MapPool that absorbs its key and value products where no gradient is wanted; same parameters, same names."""

    def forward(self, tokens: Tokens) -> Float[Tensor, "b e"]:
        """One vector a sample."""
        if tokens.x.device.type == "cpu" or (tokens.x.requires_grad and torch.is_grad_enabled()):
            return super().forward(tokens)
        return self.absorbed(tokens)

    def absorbed(self, tokens: Tokens) -> Tensor:
        """(b, p d) from dense or packed tokens and p probes."""
        x, mask = tokens.padded()
        heads, probes = self.attn.num_heads, self.probe.shape[1]
        question, w_v, b_v = self._absorb()
        scores = x @ question.to(x.dtype).T  # (b, l, p h)
        if mask is not None:
            scores = scores.masked_fill(~mask[..., None], float("-inf"))
        weights = scores.float().softmax(1).to(x.dtype)
        summed = (weights.transpose(1, 2) @ x).view(len(x), probes, heads, -1)  # (b, p, h, d)
        values = torch.einsum("bphd,hkd->bphk", summed.float(), w_v) + b_v.view(heads, -1)
        out: Tensor = self.attn.proj(values.flatten(2).to(x.dtype))
        pooled: Tensor = (out + self.mlp(self.norm(out))).flatten(1)
        return pooled

    def train(self, mode: bool = True) -> "FusedPool":
        """Training changes what was absorbed."""
        if mode:
            self.__dict__.pop("absorbed_weights", None)
        super().train(mode)
        return self

    def _absorb(self) -> tuple[Tensor, Tensor, Tensor]:
        """(p h, d) what each probe's heads ask of a token, (h, k, d) value weights, (d,) their bias; made once."""
        if "absorbed_weights" not in self.__dict__ or self.__dict__["absorbed_weights"][0].device != self.probe.device:
            heads = self.attn.num_heads
            w_q, b_q = float_weight(self.attn.q)
            w_kv, b_kv = float_weight(self.attn.kv)
            q = (self.probe.detach().float()[0] @ w_q.T + b_q).view(self.probe.shape[1], heads, -1)  # (p, h, k)
            w_k, w_v = w_kv.view(2, heads, q.shape[2], -1).unbind(0)
            question = (torch.einsum("phk,hkd->phd", q, w_k) / math.sqrt(q.shape[2])).flatten(0, 1)
            self.__dict__["absorbed_weights"] = (question, w_v, b_kv.view(2, -1)[1])
        made: tuple[Tensor, Tensor, Tensor] = self.__dict__["absorbed_weights"]
        return made
