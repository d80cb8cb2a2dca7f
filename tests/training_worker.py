"""One of several gloo processes: `python training_worker.py RANK SIZE FOLDER`; rank 0 leaves results.pt in the folder.

Run with size 1 it computes the same cases alone: what the others must agree with.
"""

import sys
from pathlib import Path

import torch
import torch.distributed as dist
from training_fakes import made_batch, tiny_model

from sensorlm.model.losses_labels import FactCodes
from sensorlm.training.contrastive import Objective, contrastive_loss
from sensorlm.training.gradients import part
from sensorlm.training.optimizer import whole
from sensorlm.training.processes import Processes
from sensorlm.training.step import make_trainer

BATCH = 8
LOSSES = {
    "siglip pairs": (Objective(chunk_size=3), False),
    "siglip facts": (Objective(chunk_size=3), True),
    "siglip seed": (Objective(reduction="mean_b2"), False),
    "clip pairs": (Objective(contrastive="clip"), False),
    "clip facts": (Objective(contrastive="clip"), True),
}
STEPS = {
    "ddp": {"distributed": "ddp"},
    "ddp, accumulated": {"distributed": "ddp", "accum_freq": 2},
    "fsdp": {"distributed": "fsdp"},
    "fsdp, accumulated": {"distributed": "fsdp", "accum_freq": 2},
    "fsdp, clip": {"distributed": "fsdp", "objective": Objective(contrastive="clip")},
    "ddp, coca": {"distributed": "ddp", "accum_freq": 2, "objective": Objective(captioning=True)},
    "fsdp, coca": {"distributed": "fsdp", "accum_freq": 2, "objective": Objective(captioning=True)},
}


def share(batch, processes):
    size = len(batch) // processes.size
    return part(batch, slice(processes.rank * size, (processes.rank + 1) * size))


def loss_case(objective, facts, processes):
    """The loss, and its gradients put together from all processes."""
    generator = torch.Generator().manual_seed(5)
    features = torch.nn.functional.normalize(torch.randn(2, BATCH, 5, generator=generator).double(), dim=2)
    mine = slice(processes.rank * BATCH // processes.size, (processes.rank + 1) * BATCH // processes.size)
    batch = share(made_batch(BATCH), processes)
    codes = FactCodes.pack(batch.day_codes, batch.caption_codes, batch.label_mode) if facts else None
    leaves = [features[0, mine], features[1, mine], torch.tensor(6.0).double(), torch.tensor(-1.5).double()]
    leaves = [x.clone().requires_grad_() for x in leaves]
    loss = contrastive_loss(*leaves, codes, objective, processes)
    loss.backward()
    grads = [torch.zeros(()).double() if x.grad is None else x.grad for x in leaves]
    return [
        loss.detach(), *(torch.cat(processes.gather(g)) for g in grads[:2]), *(processes.sum(g) for g in grads[2:]),
    ]  # fmt: skip


def step_case(processes, *, objective=None, resume=None, steps=2, **options):
    """Loss curve, weights and optimiser state after some steps."""
    objective = objective or Objective(chunk_size=3)
    model = tiny_model(torch.float32, decoder=objective.captioning)
    # A key's bias has no gradient but rounding; with the usual eps Adam would blow that up to whole steps.
    trainer = make_trainer(model, peak=1e-2, processes=processes, objective=objective, eps=1e-3, **options)
    if resume is not None:
        start, weights, state = resume
        with torch.no_grad():
            for name, p in model.named_parameters():
                load(p, weights[name])
        trainer.optimizer.load(state)
    else:
        start = 0
    curve = []
    for number in range(start, start + steps):
        # One day without any data, on one process only: its learned vector has no gradient on the other.
        batch = share(made_batch(BATCH, seed=number, dtype=torch.float32, empty_day=True), processes)
        report = trainer.step(batch, lr=1e-2, number=number)
        curve.append((report.loss, report.grad_norm))
    weights = {name: whole(p) for name, p in model.named_parameters()}
    return {"curve": curve, "weights": weights, "state": trainer.optimizer.state(), "steps": start + steps}


def load(parameter, tensor):
    from sensorlm.training.optimizer import like

    parameter.copy_(like(tensor, parameter, "weight"))


def main(rank, size, folder):
    torch.set_num_threads(1)
    folder = Path(folder)
    if size > 1:
        dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=size)
    processes = Processes(rank, size)
    results = {name: loss_case(*case, processes) for name, case in LOSSES.items()}
    for name, options in STEPS.items():
        results[name] = step_case(processes, **options)
    if (folder / "half.pt").exists():
        half = torch.load(folder / "half.pt", weights_only=True)
        for name in ("ddp", "fsdp"):
            resume = (half["steps"], half["weights"], half["state"])
            results[f"{name}, resumed"] = step_case(processes, resume=resume, **STEPS[name])
    if rank == 0:
        torch.save(results, folder / "results.pt")
    if size > 1:
        # They leave together: a process that went while the other still wrote aborted once at its end.
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
