"""What a text tower made of the tokens at which numbers stand in, which figure each number is out."""

import torch.nn.functional as F
from torch import Tensor, nn


class FigureReader(nn.Module):
    """Shares of k figures; what is left to 1 is that the number is none of them.

    Args:
        width: length of a token's vector.
        figures: k.
        hidden: units between.
    """

    def __init__(self, width: int, figures: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, figures + 1)

    def scores(self, tokens: Tensor) -> Tensor:
        """(m, width) tokens -> (m, k + 1) before the softmax; the last is none of the figures."""
        out: Tensor = self.fc2(F.gelu(self.fc1(tokens)))
        return out

    def forward(self, tokens: Tensor) -> Tensor:
        """(m, width) tokens -> (m, k) shares, each row of sum 1 or less."""
        return self.scores(tokens).softmax(1)[:, :-1]
