"""A random captioning model in, seconds with and without the key-value cache out: python benchmarks/decoding.py.

Both write the same tokens (compared). Without the cache every step runs the decoder over all tokens so far and projects
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


def without_cache(decoder, memory, tokens, every):
    """Seconds that all steps take, measured at every `every`-th length, and whether each chose the cached token."""
    spent, cpu, same = 0.0, 0.0, True
    for length in range(every // 2, tokens.shape[1], every):
        # Position i predicts token i, so one more (any) token is appended to ask for the next.
        padded = torch.cat([tokens[:, :length], torch.zeros(len(tokens), 1, dtype=torch.long)], 1)
        start, start_cpu = time.perf_counter(), time.process_time()
        chosen = decoder(padded, memory)[:, -1].argmax(-1)
        spent += every * (time.perf_counter() - start)
        cpu += every * (time.process_time() - start_cpu)
        same &= bool((chosen == tokens[:, length]).all())
    return spent, cpu, same


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", default="Ti")
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--every", type=int, default=8, help="without the cache, time one length in so many")
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

    with torch.inference_mode():
        memory = model.sensor.tokens(values, None)
        start, start_cpu = time.perf_counter(), time.process_time()
        tokens = generate(decoder, memory, None, config)
        cached, cached_cpu = time.perf_counter() - start, time.process_time() - start_cpu
        uncached, uncached_cpu, same = without_cache(decoder, memory, tokens, args.every)
    print(json.dumps({
        "preset": args.preset, "days": args.days, "tokens": tokens.shape[1], "same_tokens": same,
        "cached_s": round(cached, 2), "uncached_s": round(uncached, 2), "times_faster": round(uncached / cached, 1),
        "cached_cpu_s": round(cached_cpu, 2), "uncached_cpu_s": round(uncached_cpu, 2),
        "times_faster_cpu": round(uncached_cpu / cached_cpu, 1), "threads": torch.get_num_threads(),
        "load": os.getloadavg()[0],
    }, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
