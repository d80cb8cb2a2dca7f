"""Training steps a second on one GPU of a host and on all of them, with the project's own DDP and FSDP2, in one run.

    torchrun --nproc-per-node=2 benchmarks/gpu_two.py [--out results.json]
    torchrun --nproc-per-node=2 benchmarks/gpu_two.py --preset Ti --batch 2 --steps 2      # where there is no GPU

Random data, the same number of days on every GPU. First the first GPU trains alone while the others wait, then all
train together. The ratio of days a second is what matters; every line is the median of timed steps after warm-up.
"""

import argparse
import datetime
import json
import os
import statistics
import sys
import time

import torch
import torch.distributed as dist
from gpu import TEXT, training_batch

from sensorlm.config.presets import preset
from sensorlm.model import SensorLM
from sensorlm.model.fast import compile_blocks
from sensorlm.training.processes import Processes
from sensorlm.training.step import make_trainer

CUDA = torch.cuda.is_available()
CHANNELS = 34


def made_batch(days, device, seed):
    generator = torch.Generator(device).manual_seed(seed)
    values = torch.randn(days, 1440, CHANNELS, device=device, generator=generator)
    return training_batch(values.bfloat16(), torch.ones_like(values, dtype=torch.bool), generator)


def seconds_a_step(args, processes, distributed):
    """Median seconds of a step, and the losses."""
    torch._dynamo.reset()
    changes = {"sensor.num_channels": CHANNELS, "text.context_length": TEXT}
    model = SensorLM(preset(args.preset, overrides=changes), device=processes.device, seed=0)
    if CUDA:
        compile_blocks(model)
    trainer = make_trainer(model, peak=1e-4, precision="bf16", processes=processes, distributed=distributed)
    batches = [made_batch(args.batch, processes.device, 10 * i + processes.rank) for i in range(2)]
    times, losses = [], []
    for number in range(args.warmup + args.steps):
        _wait(processes)
        begin = time.perf_counter()
        losses.append(trainer.step(batches[number % 2], lr=1e-4, number=number).loss)
        if CUDA:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - begin)
    return statistics.median(times[args.warmup :]), [round(x, 3) for x in losses]


def _wait(processes):
    if processes.size > 1:
        dist.barrier()


def measured(args, processes, distributed):
    if CUDA:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    begin = time.perf_counter()
    seconds, losses = seconds_a_step(args, processes, distributed)
    row = {"gpus": processes.size, "days_per_s": processes.size * args.batch / seconds, "losses": losses}
    if CUDA:
        row["peak_gib"] = torch.cuda.max_memory_allocated() / 2**30
    return row | {"wall_s": time.perf_counter() - begin}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--preset", default="B")
    parser.add_argument("--batch", type=int, default=64, help="days on each GPU")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--warmup", type=int, default=5)
    parser.add_argument("--distributed", nargs="+", default=["ddp", "fsdp"])
    parser.add_argument("--out")
    args = parser.parse_args()
    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if CUDA else torch.device("cpu")
    if CUDA:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if CUDA else "gloo", device_id=device if CUDA else None)
    rows = {}
    if rank == 0:
        rows["alone"] = measured(args, Processes(device=device), "ddp")
    dist.barrier()
    for distributed in args.distributed:
        row = measured(args, Processes(rank, size, device), distributed)
        if rank == 0:
            rows[distributed] = row | {"times_alone": row["days_per_s"] / rows["alone"]["days_per_s"]}
    if rank == 0:
        result = {
            "device": f"{size} x {torch.cuda.get_device_name()}" if CUDA else "cpu",
            "torch": torch.__version__,
            "date": datetime.date.today().isoformat(),
            "command": " ".join(sys.argv),
            "rows": rows,
        }
        for name, row in rows.items():
            print(name, json.dumps(row), flush=True)
        if args.out:
            with open(args.out, "w") as file:
                json.dump(result, file, indent=1)
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
