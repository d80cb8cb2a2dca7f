"""Two processes of a recipe against one: the mean gradient, one start, everybody's rows."""

import sys
from pathlib import Path

import pytest
import torch
import torch.multiprocessing as mp

RECIPES = Path(__file__).parent.parent / "recipes"
sys.path.insert(0, str(RECIPES))

import together  # noqa: E402

from sensorlm.training.processes import Processes, joined  # noqa: E402


def model_of(seed):
    torch.manual_seed(seed)
    layers = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2).to(torch.bfloat16))
    layers.rare = torch.nn.Parameter(torch.ones(2))
    return layers


def loss_of(model, rank):
    x = torch.arange(6.0).reshape(2, 3) + rank
    out = model[1](model[0](x).to(torch.bfloat16)).float()
    return out.square().mean() + (model.rare.sum() if rank == 1 else 0)


def work(rank, folder, port):
    import os

    os.environ |= {"RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    torch.set_num_threads(1)
    with joined(torch.device("cpu")) as processes:
        share(processes, rank, folder)


def share(processes, rank, folder):
    model = model_of(rank)
    together.same_start(processes, model.parameters())
    loss_of(model, rank).backward()
    together.average_gradients(processes, model)
    rows = torch.arange(6.0).reshape(3, 2).mul(rank + 1).requires_grad_()
    everything = together.gathered(processes, rows)
    (everything * torch.arange(12.0).reshape(6, 2) * (rank + 1)).sum().backward()
    parameters = list(model.parameters())
    gathered = (everything.detach(), rows.grad, together.gathered(processes, torch.tensor([rank])))
    torch.save(([p.detach() for p in parameters], [p.grad for p in parameters], gathered),
               Path(folder) / f"{rank}.pt")  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    import socket

    folder = tmp_path_factory.mktemp("together")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    mp.spawn(work, args=(str(folder), port), nprocs=2)
    return [torch.load(folder / f"{rank}.pt") for rank in (0, 1)]


def test_both_start_from_the_first_ones_weights(found):
    expected = list(model_of(0).parameters())
    for parameters, _, _ in found:
        assert all(torch.equal(a, b) for a, b in zip(parameters, expected, strict=True))


def test_gradients_are_the_mean_and_none_counts_as_nothing(found):
    each = []
    for rank in (0, 1):
        model = model_of(0)
        loss_of(model, rank).backward()
        each.append([torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()])
    for _, gradients, _ in found:
        for gradient, one, two in zip(gradients, *each, strict=True):
            torch.testing.assert_close(gradient, ((one.float() + two.float()) / 2).to(one.dtype))


def test_rows_of_all_are_at_hand_and_their_gradients_come_home(found):
    rows = torch.arange(6.0).reshape(3, 2)
    for rank, (*_, (everything, gradient, ranks)) in enumerate(found):
        assert torch.equal(everything, torch.cat([rows, 2 * rows]))
        # Of both processes' losses: once with weights of the first, twice of the second.
        assert torch.equal(gradient, 3 * torch.arange(12.0).reshape(6, 2)[3 * rank : 3 * rank + 3])
        assert ranks.tolist() == [0, 1]


def test_a_single_process_is_left_alone():
    model = model_of(0)
    together.average_gradients(Processes(), model)
    assert all(p.grad is None for p in model.parameters())
    rows = torch.ones(2, 3)
    assert together.gathered(Processes(), rows) is rows
