"""Sensor tokens and a prompt in, caption ids out: greedy, sampled or beam search over a key-value cache.

Letters in shapes: b days, g beams a day, p prompt tokens, l tokens, v vocabulary.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sensorlm.config.generation import GenerationConfig
from sensorlm.errors import ConfigError
from sensorlm.model.attention import Tokens
from sensorlm.model.decoder import Decoder, LayerCache


def generate(
    decoder: Decoder, memory: Tokens, prompt: Int[Tensor, "b p"] | None, config: GenerationConfig
) -> Int[Tensor, "b l"]:
    """The prompt and what the decoder writes after it; every row ends in EOS once it is finished.

    Raises:
        ConfigError: prompt and max_tokens exceed the decoder's context.
    """
    days, device = len(memory), memory.x.device
    if prompt is None:
        prompt = torch.empty(days, 0, dtype=torch.long, device=device)
    length = prompt.shape[1] + config.max_tokens
    if length > decoder.config.context_length:
        raise ConfigError(
            f"a prompt of {prompt.shape[1]} tokens and max_tokens={config.max_tokens} exceed "
            f"context_length={decoder.config.context_length}. Ask for at most "
            f"{decoder.config.context_length - prompt.shape[1]} tokens."
        )
    prompt = decoder.words(prompt)
    write = _beams if config.num_beams > 1 else _greedy_or_sampled
    return decoder.ids(write(decoder, memory, prompt, config))


def log_likelihood(decoder: Decoder, memory: Tokens, tokens: Int[Tensor, "b l"]) -> Float[Tensor, "b l"]:
    """How likely the decoder finds each token of captions, given those before it, in nats.

    Raises:
        ConfigError: an id that is not in the decoder's vocabulary.
    """
    words = decoder.words(tokens)
    scores = decoder.word_logits(words, memory).float().log_softmax(-1)
    found: Tensor = scores.gather(-1, words[..., None])[..., 0]
    return found


def _greedy_or_sampled(
    decoder: Decoder, memory: Tokens, prompt: Int[Tensor, "b p"], config: GenerationConfig
) -> Tensor:
    days, device = len(memory), memory.x.device
    caches, mask = decoder.open_cache(memory)
    generator = torch.Generator(device).manual_seed(config.seed)
    rows: Tensor = prompt
    eos, new = decoder.end, prompt if prompt.shape[1] else None
    done = torch.zeros(days, dtype=torch.bool, device=device)
    for _ in range(config.max_tokens):
        chosen = choose(decoder.step(new, caches, mask, days), config, generator).masked_fill(done, eos)
        rows, new = torch.cat([rows, chosen[:, None]], 1), chosen[:, None]
        done = done | (chosen == eos)
        if bool(done.all()):
            break
    return rows


def choose(logits: Float[Tensor, "b v"], config: GenerationConfig, generator: torch.Generator) -> Tensor:
    """One token id a row, (b,)."""
    if config.temperature == 0:
        likeliest: Tensor = logits.argmax(-1)
        return likeliest
    kept = keep_likely(logits.float() / config.temperature, config.top_k, config.top_p)
    drawn: Tensor = torch.multinomial(kept.softmax(-1), 1, generator=generator)[:, 0]
    return drawn


def keep_likely(logits: Float[Tensor, "b v"], top_k: int, top_p: float) -> Float[Tensor, "b v"]:
    """Minus infinity outside the k likeliest and outside the smallest set that reaches probability `top_p`."""
    order = logits.sort(dim=-1, descending=True, stable=True).indices
    probability = logits.gather(1, order).softmax(-1)
    # A token stays if those before it do not reach top_p yet: the first always stays.
    drop = probability.cumsum(-1) - probability >= top_p
    if top_k:
        drop[:, top_k:] = True
    return logits.masked_fill(torch.zeros_like(drop).scatter(1, order, drop), -torch.inf)


def _beams(decoder: Decoder, memory: Tokens, prompt: Int[Tensor, "b p"], config: GenerationConfig) -> Tensor:
    days, beams, eos = len(memory), config.num_beams, decoder.end
    device, vocab = memory.x.device, decoder.config.num_words
    caches, mask = decoder.open_cache(memory)
    rows = prompt.repeat_interleave(beams, 0)  # (b g, l)
    new: Tensor | None = rows if prompt.shape[1] else None
    # All beams start equal: only the first may branch at the first step.
    scores = torch.full((days, beams), -torch.inf, device=device)
    scores[:, 0] = 0.0
    lengths = torch.zeros(days, beams, device=device)
    done = torch.zeros(days, beams, dtype=torch.bool, device=device)
    for _ in range(config.max_tokens):
        step = decoder.step(new, caches, mask, days * beams).float().log_softmax(-1).view(days, beams, vocab)
        # A finished beam goes on as it is: EOS costs nothing, everything else is impossible.
        frozen = torch.full_like(step, -torch.inf)
        frozen[..., eos] = 0.0
        total = scores[..., None] + torch.where(done[..., None], frozen, step)
        grown = lengths + (~done).float()
        # Candidates are compared at the length they would have, so a short finished beam is not lost to longer ones.
        ranked = total / grown[..., None] ** config.length_penalty
        best = ranked.flatten(1).topk(beams, -1).indices
        parent, token = best // vocab, best % vocab
        scores, lengths = total.flatten(1).gather(1, best), grown.gather(1, parent)
        done = done.gather(1, parent) | (token == eos)
        flat = (parent + torch.arange(days, device=device)[:, None] * beams).flatten()
        rows, new = torch.cat([rows[flat], token.flatten()[:, None]], 1), token.flatten()[:, None]
        _reorder(caches, flat)
        if bool(done.all()):
            break
    winner: Tensor = (scores / lengths**config.length_penalty).argmax(-1)
    best_rows: Tensor = rows[winner + torch.arange(days, device=device) * beams]
    return best_rows


def _reorder(caches: list[LayerCache], rows: Tensor) -> None:
    for cache in caches:
        assert cache.keys is not None
        assert cache.values is not None
        cache.keys, cache.values = cache.keys[rows], cache.values[rows]
