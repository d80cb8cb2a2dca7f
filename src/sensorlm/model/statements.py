"""What a text tower made of a text in, how much each of many known statements has to do with it out.

Attention (Vaswani et al. 2017, equation 1) over statements with cosines in place of products, as a learned nearest
neighbour: a text that nobody taught is read as the few statements nearest to it.
"""

import torch
from torch import Tensor, nn


class StatementReader(nn.Module):
    """Weights over p statements.

    Args:
        width: length of a text's features before the projection.
        statements: p.
        dim: length of a query and of a key.
    """

    def __init__(self, width: int, statements: int, dim: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, dim)
        self.key = nn.Parameter(torch.zeros(statements, dim))
        self.bias = nn.Parameter(torch.zeros(statements))
        self.log_scale = nn.Parameter(torch.zeros(()))

    def forward(self, features: Tensor) -> Tensor:
        """(n, width) text features -> (n, p) weights, each row above 0 and of sum 1."""
        return statement_weights(self.query(features), self.key, self.bias, self.log_scale)


def statement_weights(
    query: Tensor, key: Tensor, bias: Tensor, log_scale: Tensor, hidden: Tensor | None = None
) -> Tensor:  # fmt: skip
    """softmax(exp(log_scale) * cosine(query, key) + bias).

    Args:
        query: (n, dim).
        key: (p, dim).
        bias: (p,).
        log_scale: scalar.
        hidden: (n, p) statements that a text may not be read as; in training, so that others must do.
    """
    cosine = nn.functional.normalize(query, dim=1) @ nn.functional.normalize(key, dim=1).T
    scores = log_scale.exp() * cosine + bias
    if hidden is not None:
        scores = scores.masked_fill(hidden, -1e4)
    return scores.softmax(1)
