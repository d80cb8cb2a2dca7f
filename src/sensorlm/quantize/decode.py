"""Bytes of a JSON array of small integers in, int8 out, by a few numpy passes instead of a Python object a number.

The idea: every number ends right before a comma. The four bytes before each comma hold its digits, its sign and then
white space, so four gathers and some byte arithmetic read all numbers at once. The shortcut trusts nothing: widths of
the numbers, commas and white space must add up to every byte of the array, else the plain JSON parser decides.
"""

import mmap

import numpy as np
import orjson
from numpy.typing import NDArray

from sensorlm.errors import QuantizationError

_PIECE = 1 << 18


def decode_integers(text: mmap.mmap | bytes, start: int, end: int, place: str) -> NDArray[np.int8]:
    """int8 (n,) of the JSON array text[start:end], brackets included.

    Raises:
        QuantizationError: `place` holds no array of integers in [-128, 127].
    """
    pieces: list[NDArray[np.int8]] = []
    cursor = start + 1
    while cursor < end:
        stop = end if cursor + _PIECE >= end else text.rfind(b",", cursor, cursor + _PIECE) + 1
        piece = _decode_piece(np.frombuffer(text, np.uint8, stop - cursor, cursor)) if stop > cursor else None
        if piece is None:
            return _decode_plainly(text[start:end], place)
        pieces.append(piece)
        cursor = stop
    return np.concatenate(pieces)


def _decode_piece(raw: NDArray[np.uint8]) -> NDArray[np.int8] | None:
    """Numbers of a run of `white space, number, comma` (or the closing bracket); None when it is anything else."""
    raw = raw.copy() if raw[-1] == 93 else raw
    if raw[-1] == 93:  # "]": the last number is followed by white space; move a comma up to it
        last = len(raw) - 1
        while last > 0 and raw[last - 1] <= 32:
            last -= 1
        raw[last], raw = 44, raw[: last + 1]
    ends = np.flatnonzero(raw == 44)
    if not len(ends) or ends[0] < 4:
        return None
    one, ten, hundred, first = (raw[4 - k :].take(ends - 4) for k in (1, 2, 3, 4))
    # Characters of the number: up to the first white space. "-" is 45, digits are 48..57.
    two, three, four = ten > 32, (ten > 32) & (hundred > 32), (ten > 32) & (hundred > 32) & (first > 32)
    negative = (two & (ten == 45)) | (three & (hundred == 45)) | (four & (first == 45))
    a, b, c = one - np.uint8(48), ten - np.uint8(48), hundred - np.uint8(48)  # wraps below "0" to > 9
    tens, hundreds = two & (ten != 45), three & (hundred != 45)
    magnitude = a + tens * (b * np.uint8(10)) + hundreds * (c * np.uint8(100))
    width = len(ends) + int(np.count_nonzero(two)) + int(np.count_nonzero(three)) + int(np.count_nonzero(four))
    blanks = int(np.count_nonzero(raw == 32)) + int(np.count_nonzero(raw == 10))  # what serde's printer uses
    wrong = (
        (a > 9)
        | (tens & (b > 9))
        | (hundreds & ((c != 1) | (b > 2) | ((b == 2) & (a > 7))))  # above 127, or a leading zero
        | (tens & ~hundreds & (b == 0))  # a leading zero, "05"
        | (four & (first != 45))
        | (negative & (magnitude == 0))
    )
    if wrong.any() or width + blanks + len(ends) != len(raw):
        return None
    value: NDArray[np.int8] = magnitude.astype(np.int8)
    np.negative(value, where=negative, out=value)
    return value


def _decode_plainly(text: bytes, place: str) -> NDArray[np.int8]:
    try:
        numbers = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise QuantizationError(f"manifest {place}: weights_i8 is not JSON ({error.msg}).") from None
    for index, number in enumerate(numbers):
        if type(number) is not int or not -128 <= number <= 127:
            raise QuantizationError(
                f"manifest {place}: weights_i8[{index}] is {str(number)[:40]}, not an integer of [-128, 127]."
            )
    return np.array(numbers, np.int8)
