"""A random captioning model in, seconds with and without the key-value cache out: python benchmarks/decoding.py.

Both write the same tokens (compared); without the cache every step runs the decoder over all tokens so far and projects
the sensor tokens again. EOS is made impossible, so that all tokens are written.
"""

import argparse
import json
import os
import time

import torch

from sensorlm.config.generation import GenerationConfig
from sensorlm.config.presets import preset
from sensorlm.model import SensorLM


def without_cache(decoder, memory, tokens):
    rows = torch.empty(len(memory), 0, dtype=torch.long)
    for _ in range(tokens):
        # Position i predicts token i, so one more (any) token is appended to ask for the next.
        padded = torch.cat([rows, torch.zeros(len(memory), 1, dtype=torch.long)], 1)
        rows = torch.cat([rows, decoder(padded, memory)[:, -1].argmax(-1, keepdim=True)], 1)
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", default="Ti")
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=1)
    args = parser.parse_args()
    model = SensorLM(preset(args.preset, decoder=True, overrides={
        "text.vocab_size": 8192, "decoder.vocab_size": 8192, "decoder.context_length": args.tokens}))  # fmt: skip
    model.eval()
    decoder = model.decoder
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        # Untrained logits nearly tie, and sums in another order would then choose another token: spread them.
        decoder.token_embed.weight.normal_(0, 1, generator=generator)
        decoder.positions.normal_(0, 1, generator=generator)
        table = decoder.token_embed.weight if decoder.head is None else decoder.head.weight
        table[decoder.config.eos_id] = 0
        values = torch.randn(args.days, 1440, 34, generator=generator)
    config = GenerationConfig(max_tokens=args.tokens)
    from sensorlm.model.generate import generate

    times = {"cached_s": [], "uncached_s": []}
    with torch.inference_mode():
        memory = model.sensor.tokens(values, None)
        for _ in range(args.repeats):
            start = time.perf_counter()
            fast = generate(decoder, memory, None, config)
            times["cached_s"].append(time.perf_counter() - start)
            start = time.perf_counter()
            slow = without_cache(decoder, memory, fast.shape[1])
            times["uncached_s"].append(time.perf_counter() - start)
    best = {name: min(t) for name, t in times.items()}
    print(json.dumps({
        "preset": args.preset, "days": args.days, "tokens": fast.shape[1], "same_tokens": bool((fast == slow).all()),
        **{k: round(v, 3) for k, v in best.items()}, "times_faster": round(best["uncached_s"] / best["cached_s"], 1),
        "threads": torch.get_num_threads(), "load": os.getloadavg()[0],
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
