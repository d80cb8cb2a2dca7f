"""Days and captions in, unit features, temperature and caption logits out: both towers and the decoder as one model."""

import math
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from sensorlm.config.generation import GenerationConfig
from sensorlm.config.model import RECOMPUTED, ModelConfig, one_of
from sensorlm.errors import ConfigError
from sensorlm.model.attention import Tokens
from sensorlm.model.blocks import Block, Stack
from sensorlm.model.decoder import Decoder
from sensorlm.model.generate import generate, log_likelihood
from sensorlm.model.initialise import initialise
from sensorlm.model.sensor import SensorTower
from sensorlm.model.text import TextTower, text_projection


class SensorLM(nn.Module):
    """Two towers that share an embedding space, and optionally a decoder that reads the sensor tokens.

    Args:
        config: sizes and switches.
        seed: fixes the random start; None leaves the weights unset, for a caller that loads them all.
        device: where the weights live; "meta" allocates nothing.
    """

    def __init__(self, config: ModelConfig, *, seed: int | None = 0, device: str | torch.device = "cpu") -> None:
        super().__init__()
        self.config = config
        # Built without memory first: torch's own constructors would draw from the global random state.
        with torch.device("meta"):
            self.sensor = SensorTower(config.sensor)
            self.sensor_projection = _projection(config.sensor.pooled_width, config.embed_dim)
            self.text = None if config.text is None else TextTower(config.text)
            self.text_projection = None if config.text is None else text_projection(config)
            self.decoder = None if config.decoder is None else Decoder(config.decoder, config.sensor.width)
            self.logit_scale = nn.Parameter(torch.empty(()))
            self.logit_bias = nn.Parameter(torch.empty(()))
        if torch.device(device).type == "meta":
            return
        self.to_empty(device=device)
        if seed is not None:
            initialise(self, seed)
            self.reset_logits()
        if config.text is not None and config.text.frozen and self.text is not None:
            self.text.requires_grad_(False)

    @torch.no_grad()
    def reset_logits(self) -> None:
        """Temperature and bias as the configuration starts them."""
        self.logit_scale.fill_(math.log(self.config.logit_scale_init))
        self.logit_bias.fill_(self.config.logit_bias_init)

    def set_grad_checkpointing(self, enable: bool = True, *, part: str = "blocks", share: float = 1.0) -> None:
        """Recompute activations in the backward pass instead of keeping them.

        Args:
            enable: on or off.
            part: "blocks": everything inside a block, least memory, a third more compute; "mlp": only the MLP's hidden
                tensors, about half of the memory for a few per cent of the time; "pointwise": norms, GELU and sums,
                a third of the memory and no product twice; "pointwise+mlp": both, each where it saves more.
            share: of each stack's blocks, the first ones, whose MLP is recomputed with part "mlp" or "pointwise+mlp".

        Raises:
            ConfigError: another part.
        """
        one_of("part", part, RECOMPUTED)
        parts = part.split("+") if enable else []
        for module in self.modules():
            if isinstance(module, Stack):
                module.grad_checkpointing = enable and part == "blocks"
                for i, block in enumerate(module):
                    if isinstance(block, Block):
                        block.recompute_mlp = "mlp" in parts and i < round(share * len(module))
                        block.recompute_pointwise = "pointwise" in parts

    def encode_sensor(
        self, values: Float[Tensor, "b t c"], observed: Bool[Tensor, "b t c"] | None = None, normalize: bool = True
    ) -> Float[Tensor, "b e"]:
        """Features of days.

        Args:
            values: z-scores. NaN = missing where `observed` is None.
            observed: False where missing; the values there are never read.
            normalize: unit length.
        """
        return self.sensor_features(self.sensor.tokens(values, observed), normalize)

    def encode_image(self, image: Float[Tensor, "b t c"], normalize: bool = True) -> Float[Tensor, "b e"]:
        """`encode_sensor` under the name that image-text tools call; NaN = missing."""
        return self.encode_sensor(image, None, normalize)

    def encode_text(
        self, tokens: Int[Tensor, "b l"], normalize: bool = True, mask: Bool[Tensor, "b l"] | None = None
    ) -> Float[Tensor, "b e"]:
        """Features of texts; `mask` (True on real tokens) is read off the padding id when None.

        Raises:
            ConfigError: the model has no text tower, or the text is longer than its context.
        """
        if self.text is None or self.text_projection is None:
            raise ConfigError("this model has no text tower (text=None), so encode_text cannot run. Use generate.")
        features = self.text_projection(self.text(tokens, mask))
        return unit(features) if normalize else features

    def sensor_features(self, tokens: Tokens, normalize: bool = True) -> Float[Tensor, "b e"]:
        """Features from tokens already encoded by `sensor.tokens`."""
        features = self.sensor.pool(tokens)
        if self.sensor_projection is not None:
            features = self.sensor_projection(features)
        return unit(features) if normalize else features

    def forward(
        self,
        values: Float[Tensor, "b t c"],
        observed: Bool[Tensor, "b t c"] | None,
        tokens: Int[Tensor, "b l"],
    ) -> dict[str, Any]:
        """Everything a loss needs, from one pass of each tower.

        Returns:
            sensor_features and text_features (b, e) of unit length, logit_scale (the temperature itself), logit_bias,
            and with a decoder caption_logits (b, l, v): position i predicts tokens[:, i] from those before it.
        """
        memory = self.sensor.tokens(values, observed)
        out: dict[str, Any] = {"logit_scale": self.logit_scale.exp(), "logit_bias": self.logit_bias}
        out["sensor_features"] = self.sensor_features(memory)
        if self.text is not None:
            out["text_features"] = self.encode_text(tokens)
        if self.decoder is not None:
            out["caption_logits"] = self.decoder(tokens, memory)
        return out

    @torch.no_grad()
    def generate(
        self,
        values: Float[Tensor, "b t c"],
        observed: Bool[Tensor, "b t c"] | None = None,
        prompt: Int[Tensor, "b p"] | None = None,
        config: GenerationConfig | None = None,
    ) -> Int[Tensor, "b l"]:
        """Caption ids of days: the prompt and what follows, EOS from the end on.

        Args:
            values: z-scores. NaN = missing where `observed` is None.
            observed: False where missing.
            prompt: ids every caption begins with, equally many for each day.
            config: how to choose tokens; None: greedy.

        Raises:
            ConfigError: the model has no decoder, or prompt and max_tokens exceed its context.
        """
        decoder = self._writer()
        return generate(decoder, self.sensor.tokens(values, observed), prompt, config or GenerationConfig())

    @torch.no_grad()
    def generate_scored(
        self,
        values: Float[Tensor, "b t c"],
        observed: Bool[Tensor, "b t c"] | None = None,
        prompt: Int[Tensor, "b p"] | None = None,
        config: GenerationConfig | None = None,
    ) -> tuple[Int[Tensor, "b l"], Float[Tensor, "b l"]]:
        """What `generate` writes, and the log-likelihood of each token of it given those before, in nats.

        Raises:
            ConfigError: as `generate`.
        """
        decoder = self._writer()
        memory = self.sensor.tokens(values, observed)
        ids = generate(decoder, memory, prompt, config or GenerationConfig())
        return ids, log_likelihood(decoder, memory, ids)

    def _writer(self) -> Decoder:
        if self.decoder is None:
            raise ConfigError("this model has no decoder (decoder=None), so it cannot write captions. Train one.")
        return self.decoder


def unit(x: Float[Tensor, "b e"]) -> Float[Tensor, "b e"]:
    """Unit length: x / (norm + 1e-8), in float32 (reference)."""
    x = x.float()
    return x / (x.norm(dim=-1, keepdim=True) + 1e-8)


def _projection(width: int, embed_dim: int) -> nn.Linear | None:
    return None if width == embed_dim else nn.Linear(width, embed_dim)
