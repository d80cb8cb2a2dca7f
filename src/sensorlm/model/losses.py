"""Features in, one loss out: SigLIP, CLIP, captioning and CoCa, with labels from pairs or from facts.

Letters: b days, n captions (b = n in one process), e features, k quantities, m facts a caption, l tokens, v words.

A contrastive batch needs a label for every (day, caption). `pairs` is the papers' rule: a caption belongs to its own
day and to no other. `facts` asks each caption's facts of every day (see `losses_labels`). Both can be mixed, caption
by caption. Every function here is pure: no state, no device, no process group.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from sensorlm.errors import ConfigError
from sensorlm.model.losses_chunked import ChunkedSiglip
from sensorlm.model.losses_labels import FactCodes, count_labels, own_pairs, siglip_weights, tile_weights

REDUCTIONS = ("mean_b", "mean_b2")


def siglip_loss(
    sensor_features: Tensor,
    text_features: Tensor,
    logit_scale: Tensor,
    logit_bias: Tensor,
    *,
    labels: Tensor | FactCodes | None = None,
    label_mode: Tensor | None = None,
    reduction: str = "mean_b",
    chunk_size: int | None = None,
) -> Tensor:
    """Sigmoid loss of all pairs of a batch (Zhai et al. 2023, SigLIP, algorithm 1).

    Args:
        sensor_features: (b, e), unit length.
        text_features: (b, e), unit length.
        logit_scale: (), the temperature itself, not its logarithm (the paper's exp(t')).
        logit_bias: (), the paper's b.
        labels: None for pairs; (b, b) int8 of +1, -1, 0; or the fact codes from which tiles of it are made.
        label_mode: (b,) with 1 where a caption's column is labelled by facts, 0 by pairs. None with a label
            matrix means every column is; fact codes carry their own.
        reduction: "mean_b" sums a row and averages rows (the paper); "mean_b2" averages all pairs (the seed). It
            concerns columns labelled by pairs; fact columns are means already.
        chunk_size: make the logits tile by tile, at most chunk_size x chunk_size at once, and again in the backward
        pass.

    Returns:
        () the loss, in float32 unless the features are float64.

    Raises:
        ConfigError: an unknown reduction.
    """
    check_reduction(reduction)
    if chunk_size is not None and not isinstance(labels, Tensor):
        weights = siglip_weights(labels, len(sensor_features), reduction, chunk_size)
        packed = (None, None) if labels is None else (labels.day_codes, labels.captions)
        with torch.autocast(sensor_features.device.type, enabled=False):
            sensor, text = full_precision(sensor_features), full_precision(text_features)
            loss: Tensor = ChunkedSiglip.apply(  # type: ignore[no-untyped-call]
                sensor, text, logit_scale.to(sensor.dtype), logit_bias.to(sensor.dtype), *packed, weights, chunk_size
            )
            return loss
    logits = pair_logits(sensor_features, text_features, logit_scale, logit_bias)
    if isinstance(labels, FactCodes):
        label_mode, labels = labels.label_mode, labels.matrix()
    return siglip_loss_from_logits(logits, labels=labels, label_mode=label_mode, reduction=reduction)


def siglip_loss_from_logits(
    logits: Tensor, *, labels: Tensor | None = None, label_mode: Tensor | None = None, reduction: str = "mean_b"
) -> Tensor:
    """The SigLIP loss of given (b, b) logits, scale and bias already in them.

    With facts the +1 and the -1 entries of the fact columns are averaged apart, so that a caption true of half the
    days weighs no more than one true of three; entries labelled 0 have no part. The fact term is scaled by the share
    of fact columns.

    Raises:
        ConfigError: an unknown reduction.
    """
    check_reduction(reduction)
    batch = len(logits)
    signs = own_pairs(batch, logits.device) if labels is None else labels
    if labels is None:
        mode = torch.zeros(batch, dtype=torch.bool, device=logits.device)
    else:
        mode = torch.ones(batch, dtype=torch.bool, device=logits.device) if label_mode is None else label_mode.bool()
    weights = count_labels(signs, mode).weights(batch, reduction)
    sign = signs.to(logits.dtype)
    return (tile_weights(signs, mode, weights).to(logits.dtype) * F.softplus(-sign * logits)).sum()


def siglip_loss_symmetric(logits: Tensor, *, reduction: str = "mean_b") -> Tensor:
    """The mean of the loss read by rows and by columns; SigLIP is symmetric, so it equals `siglip_loss_from_logits`."""
    rows = siglip_loss_from_logits(logits, reduction=reduction)
    return (rows + siglip_loss_from_logits(logits.mT, reduction=reduction)) / 2


def clip_loss(
    sensor_features: Tensor,
    text_features: Tensor,
    logit_scale: Tensor,
    *,
    labels: Tensor | FactCodes | None = None,
) -> Tensor:
    """Softmax contrastive loss, the mean of both directions (Radford et al. 2021, CLIP, figure 3).

    With a label matrix an anchor may have several positives: minus the mean over them of their log-softmax (Khosla et
    al. 2020, SupCon, equation 2; Yang et al. 2022, UniCL, equations 3-5). Entries labelled 0 are taken out of the
    denominator too: nothing is known of them.

    Args:
        sensor_features: (b, e), unit length.
        text_features: (b, e), unit length.
        logit_scale: (), the temperature itself.
        labels: None for pairs, (b, b) int8 of +1, -1, 0, or fact codes.

    Returns:
        () the loss.
    """
    zero = torch.zeros((), device=sensor_features.device, dtype=sensor_features.dtype)
    logits = pair_logits(sensor_features, text_features, logit_scale, zero)
    if labels is None:
        own = torch.arange(len(logits), device=logits.device)
        return (F.cross_entropy(logits, own) + F.cross_entropy(logits.mT, own)) / 2
    matrix = labels.matrix() if isinstance(labels, FactCodes) else labels
    return (_multi_positive(logits, matrix) + _multi_positive(logits.mT, matrix.mT)) / 2


def _multi_positive(logits: Tensor, labels: Tensor) -> Tensor:
    """Rows as anchors: the mean over rows of the mean over a row's positives of -log softmax over its known entries."""
    positive = (labels > 0).to(logits.dtype)
    log_softmax = F.log_softmax(logits.masked_fill(labels == 0, -torch.inf), dim=1).masked_fill(labels == 0, 0.0)
    return -((positive * log_softmax).sum(1) / positive.sum(1)).mean()


def captioning_loss(logits: Tensor, tokens: Tensor, *, eos_id: int = 1, denominator: Tensor | None = None) -> Tensor:
    """Cross entropy of each caption token given those before it (Yu et al. 2022, CoCa, equation 4), mean over tokens.

    The first EOS is learned, the EOS padding behind it is not.

    Args:
        logits: (b, l, v), position i telling token i.
        tokens: (b, l) int64 targets, padded with `eos_id`.
        eos_id: end of a caption and its padding.
        denominator: () number of tokens to divide by, when these rows are a part of a larger batch.

    Returns:
        () the loss in nats a token.
    """
    counted = caption_targets(tokens, eos_id)
    losses = F.cross_entropy(full_precision(logits).flatten(0, 1), tokens.flatten(), reduction="none")
    total = (losses * counted.flatten()).sum()
    return total / (counted.sum() if denominator is None else denominator)


def caption_targets(tokens: Tensor, eos_id: int = 1) -> Tensor:
    """(b, l) bool: the tokens a decoder must learn, everything up to and with the first EOS."""
    is_eos = tokens == eos_id
    return (is_eos.cumsum(1) - is_eos.long()) == 0


def coca_loss(
    contrastive: Tensor, captioning: Tensor, *, contrastive_weight: float = 1.0, caption_weight: float = 2.0
) -> Tensor:
    """Weighted sum of a contrastive term (softmax or sigmoid) and the captioning term (CoCa, equation 5).

    The paper's weights are 1 and 2 (its section 4.1).
    """
    return contrastive_weight * contrastive + caption_weight * captioning


def pair_logits(sensor_features: Tensor, text_features: Tensor, logit_scale: Tensor, logit_bias: Tensor) -> Tensor:
    """(b, n) logits `scale * s . t + bias`, never in half precision: a bfloat16 logit of -10 is off by 0.04."""
    with torch.autocast(sensor_features.device.type, enabled=False):
        sensor, text = full_precision(sensor_features), full_precision(text_features)
        return logit_scale.to(sensor.dtype) * (sensor @ text.mT) + logit_bias.to(sensor.dtype)


def check_reduction(reduction: str) -> None:
    """Raise ConfigError unless `reduction` is one of REDUCTIONS."""
    if reduction not in REDUCTIONS:
        raise ConfigError(f"reduction {reduction!r} is not one of {REDUCTIONS}. The paper's is 'mean_b'.")


def full_precision(x: Tensor) -> Tensor:
    """Float32 from half precision; float32 and float64 as they are."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x
