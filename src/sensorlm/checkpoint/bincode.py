"""Bytes of a Burn .bin record (bincode 2, varint) in, arrays by path out; every read is bounds-checked.

Bincode does not describe itself. The layout below was established from records that sensorlm-rs 0.1.0 wrote next to the
same model's named .mpk: fields in the order of the .mpk, a parameter is its id (text), bytes, shape and type number, a
constant is one zero byte, an optional field has a 0/1 byte in front, a list its length.
"""

import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sensorlm.errors import CheckpointError

DTYPES: dict[int, np.dtype[Any]] = {0: np.dtype("<f8"), 1: np.dtype("<f4"), 2: np.dtype("<f2")}
INTEGERS = {251: "<H", 252: "<I", 253: "<Q"}


class _Reader:
    """A cursor that refuses to leave the file."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data, self.where, self.at = data, where, 0
        self.arrays: dict[str, NDArray[Any]] = {}

    def fail(self, wrong: str) -> CheckpointError:
        return CheckpointError(
            f"{self.where}: {wrong} at byte {self.at}. It must be a sensorlm-rs 0.1.0 .bin record that fits its "
            "configuration; an .mpk record describes itself and is safer."
        )

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise self.fail(f"{count} bytes wanted, {len(self.data) - self.at} left")
        self.at += count
        return self.data[self.at - count : self.at]

    def integer(self) -> int:
        first = self.take(1)[0]
        if first < 251:
            return first
        if first not in INTEGERS:
            raise self.fail(f"integer mark {first} does not exist")
        form = INTEGERS[first]
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def text(self) -> str:
        return self.take(self.integer()).decode("utf-8", "replace")

    def constants(self, count: int) -> None:
        if self.take(count) != bytes(count):
            raise self.fail(f"{count} constants are not empty")

    def present(self) -> bool:
        flag = self.take(1)[0]
        if flag > 1:
            raise self.fail(f"optional mark {flag} is not 0 or 1")
        return flag == 1

    def param(self, path: str) -> None:
        self.text()  # the parameter's id
        raw = self.take(self.integer())
        rank = self.integer()
        if rank > 8:
            raise self.fail(f"tensor {path!r} of rank {rank}")
        shape = tuple(self.integer() for _ in range(rank))
        dtype = DTYPES.get(self.integer())
        if dtype is None or math.prod(shape) * dtype.itemsize != len(raw):
            raise self.fail(f"tensor {path!r} of shape {shape} and type {dtype} does not fit its {len(raw)} bytes")
        self.arrays[path] = np.frombuffer(raw, dtype).reshape(shape)

    def linear(self, path: str) -> None:
        self.param(f"{path}/weight")
        if self.present():
            self.param(f"{path}/bias")

    def norm(self, path: str) -> None:
        self.param(f"{path}/gamma")
        self.param(f"{path}/beta")
        self.constants(1)

    def mlp(self, path: str) -> None:
        self.linear(f"{path}/fc1")
        self.linear(f"{path}/fc2")
        self.constants(1)

    def attention(self, path: str) -> None:
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.linear(f"{path}/{name}")

    def blocks(self, path: str, depth: int) -> None:
        count = self.integer()
        if count != depth:
            raise self.fail(f"{path!r} has {count} blocks, the configuration {depth}")
        for i in range(count):
            self.norm(f"{path}/{i}/norm1")
            self.attention(f"{path}/{i}/attn")
            self.constants(5)
            self.norm(f"{path}/{i}/norm2")
            self.mlp(f"{path}/{i}/mlp")
            self.constants(1)


def read_bincode(data: bytes, *, depths: tuple[int, int], where: str) -> dict[str, NDArray[Any]]:
    """Arrays by path, as `read_named_messagepack` gives them.

    Args:
        data: the file.
        depths: blocks of the sensor and the text tower.
        where: named in messages.

    Raises:
        CheckpointError: the bytes are not such a record, end too early, or go on too long.
    """
    r = _Reader(data, where)
    metadata = [r.text() for _ in range(5)]
    if not metadata[2].startswith("burn_core::record::file::BinFileRecorder"):
        raise r.fail(f"format {metadata[2][:60]!r} is no BinFileRecorder")
    r.linear("sensor_encoder/patch_embed/proj")
    r.constants(8 + 3)
    r.param("sensor_encoder/pos_embed")
    r.blocks("sensor_encoder/blocks", depths[0])
    r.norm("sensor_encoder/norm")
    if r.present():
        head = "sensor_encoder/map_head"
        r.param(f"{head}/probe")
        r.attention(head)
        r.norm(f"{head}/norm")
        r.mlp(f"{head}/mlp")
        r.constants(3)
    r.constants(2)
    r.param("text_encoder/tok_embed/weight")
    r.param("text_encoder/pos_embed")
    r.blocks("text_encoder/blocks", depths[1])
    r.norm("text_encoder/norm")
    if r.present():
        r.linear("text_encoder/proj")
    r.constants(2)
    r.param("log_temperature")
    r.param("bias")
    if r.at != len(data):
        raise r.fail(f"{len(data) - r.at} bytes left over")
    return r.arrays
