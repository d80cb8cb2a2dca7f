"""The run's dataset in, a function that asks a model plain-language questions about its held-out days, out.

Here, because training knows no task and tasks know no model.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.config.training import TrainingConfig
from sensorlm.records import DayMatrix

if TYPE_CHECKING:
    from sensorlm.channels import ChannelSet
    from sensorlm.tokenizer import CaptionTokenizer

MIN_EACH = 5
"""Yes days and no days that a question needs to be scored; held-out people are few."""


def zero_shot_evaluator(config: TrainingConfig) -> dict[str, Callable[[Any], Mapping[str, float]]]:
    """{"zero_shot": AUROC of questions that no template contains}; empty where none can be scored."""
    from sensorlm.store import open_dataset
    from sensorlm.tasks.question_list import QUESTIONS
    from sensorlm.tasks.questions import answers, question_auroc

    if config.objective == "cap":
        return {}
    dataset = open_dataset(config.data)
    days = [dataset.day(int(row)) for row in dataset.rows("val")[: config.val_rows]]
    truth = answers(QUESTIONS, days)
    enough = [min((column == 1).sum(), (column == -1).sum()) >= MIN_EACH for column in truth.T]
    if not any(enough):
        return {}

    def evaluate(model: Any) -> dict[str, float]:  # noqa: ANN401
        embedder = LiveEmbedder(model, dataset.channel_set, _tokenizer(config), config)
        scores = question_auroc(embedder, QUESTIONS, truth, embedder.embed_days(days), min_each=MIN_EACH)
        return {"auroc": scores["single"], "auroc_wordings_averaged": scores["averaged"]}

    return {"zero_shot": evaluate}


def _tokenizer(config: TrainingConfig) -> "CaptionTokenizer":
    from sensorlm.tokenizer import CaptionTokenizer

    return CaptionTokenizer.from_file(config.folder)


class LiveEmbedder:
    """A model in training as an embedders.Embedder."""

    name = "model in training"

    def __init__(
        self, model: Any, channel_set: "ChannelSet", tokenizer: "CaptionTokenizer", config: TrainingConfig  # noqa: ANN401
    ) -> None:  # fmt: skip
        self.model, self.channel_set, self.tokenizer, self.config = model, channel_set, tokenizer, config
        self.logit_scale, self.logit_bias = float(model.logit_scale.detach().exp()), float(model.logit_bias.detach())
        self.dim = model.config.embed_dim

    def embed_days(self, days: Iterable[DayMatrix], window: tuple[int, int] | None = None) -> NDArray[np.float32]:
        """(n, e) unit vectors; minutes outside `window` hidden."""
        from sensorlm.batching import to_tensors

        every = list(days)
        parts = []
        for start in range(0, len(every), self.config.batch_size):
            values, observed = to_tensors(every[start : start + self.config.batch_size], self.channel_set)
            if window is not None:
                observed[:, : window[0]] = False
                observed[:, window[1] :] = False
            parts.append(self._vectors(self.model.encode_sensor, values, observed))
        return np.concatenate(parts) if parts else np.zeros((0, self.dim), np.float32)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, e) unit vectors."""
        import torch

        return self._vectors(
            self.model.encode_text, torch.from_numpy(self.tokenizer.encode(texts, self.config.context_length))
        )

    def _vectors(self, encode: Any, *inputs: Any) -> NDArray[np.float32]:  # noqa: ANN401
        import torch

        device = self.model.logit_scale.device
        half = self.config.precision != "fp32"
        with torch.autocast(device.type, torch.bfloat16, enabled=half):
            features = encode(*(x.to(device) for x in inputs))
        vectors: NDArray[np.float32] = features.float().cpu().numpy()
        return vectors
