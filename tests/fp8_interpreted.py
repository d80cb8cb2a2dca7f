"""The 8-bit training passes by Triton's interpreter against plain torch: prints one line a case; needs no GPU.

Run by test_model_fp8.py in a process of its own, for the interpreter is chosen when Triton is imported. Its e4m3 is
wrong for one value in fifty, so the matrix may differ from torch's there; the two forms must agree in every byte. What
it cannot show is what a compiler makes of the kernel: that needs tests/test_gpu_parity.py.
"""

import itertools

import torch

from sensorlm.model import fp8_kernels, fp8_ops

ROWS, COLUMNS = 1061, 80


def byte_equal(one, two):
    return torch.equal(one.contiguous().view(torch.uint8), two.contiguous().view(torch.uint8))


def beside(mode, rows, columns):
    """What a mode reads besides its matrix."""
    random = torch.Generator().manual_seed(1)
    if mode == fp8_ops.GELU_GRADIENT:
        return [torch.randn(rows, columns, generator=random).bfloat16()]
    if mode == fp8_ops.NORM:
        mean, gain, shift = (torch.randn(n, generator=random) for n in (rows, columns, columns))
        return [mean, torch.rand(rows, generator=random) + 0.5, gain.bfloat16(), shift.bfloat16()]
    return []


def one_pass(mode, gradients, exact, flat, turn, sums, dynamic):
    a = torch.randn(ROWS, COLUMNS, generator=torch.Generator().manual_seed(0)).bfloat16()
    others = beside(mode, ROWS, COLUMNS)
    scale, rest = torch.tensor(16.0) if dynamic else None, (16.0, gradients, exact, flat, turn, sums)
    wanted = fp8_ops.twice8(a, others, scale, mode, *rest)
    got = fp8_ops._outputs(a, gradients, flat, turn, sums)
    for x in got:
        x.view(torch.uint8).fill_(0x35)  # what is not written must show
    fp8_kernels.launch(mode, a, others, *got, scale, 16.0, exact)
    if flat:
        other = (got[0].float() - wanted[0].float()).abs() > 0.26 * wanted[0].float().abs() + 0.02
        assert other.float().mean() < 0.05
    if turn:
        assert not got[1][:, ROWS:].float().any()
    if flat and turn:
        assert byte_equal(got[1][:, :ROWS].t(), got[0])
    if sums:
        torch.testing.assert_close(got[2].sum(0), wanted[2].sum(0), rtol=1e-4, atol=1e-3)


def norm_gradients(columns):
    random = torch.Generator().manual_seed(2)
    grad, residual, x = (torch.randn(ROWS, columns, generator=random).bfloat16() for _ in range(3))
    mean, spread = torch.randn(ROWS, generator=random), torch.rand(ROWS, generator=random) + 0.5
    kept = [x, mean, spread, torch.randn(columns, generator=random).bfloat16()]
    wanted = fp8_ops.norm_gradients(grad, residual, *kept)
    got = fp8_ops._norm_outputs(grad)
    for tensor in got:
        tensor.fill_(torch.nan)
    fp8_kernels.launch_norm_gradient(grad, residual, kept, *got)
    torch.testing.assert_close(got[0], wanted[0], rtol=2e-2, atol=2e-2)
    for sums, exact in zip(got[1:], wanted[1:], strict=True):
        torch.testing.assert_close(sums.sum(0), exact.sum(0), rtol=1e-4, atol=1e-3)


if __name__ == "__main__":
    for width in (16, 80, 128, 1000):
        norm_gradients(width)
        print("ok", width)  # noqa: T201
    written = (
        (True, True, True, True),
        (True, True, False, False),
        (True, False, False, False),
        (False, True, False, False),
    )
    for mode, gradients, exact, (flat, turn, sums, dynamic) in itertools.product(
        range(4), (False, True), (False, True), written
    ):
        one_pass(mode, gradients, exact, flat, turn, sums, dynamic)
        print("ok", mode, gradients, exact, flat, turn, sums, dynamic)  # noqa: T201
