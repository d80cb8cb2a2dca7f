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

_PIECE = 1 << 20
_ZERO = np.uint8(48)


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
    ends = _commas(raw)
    if not len(ends) or ends[0] < 4:
        return None
    one, ten, hundred, first = (raw[4 - k :].take(ends - 4) for k in (1, 2, 3, 4))
    # Characters of the number: up to the first white space. "-" is 45, digits are 48..57.
    two = ten > 32
    three = two & (hundred > 32)
    four = three & (first > 32)
    tens, hundreds = two & (ten != 45), three & (hundred != 45)
    negative = (two ^ tens) | (three ^ hundreds) | four
    a, b, c = one - _ZERO, ten - _ZERO, hundred - _ZERO  # wraps below "0" to > 9
    # Truth values are multiplied as bytes: numpy would convert them first, at the price of several passes.
    magnitude = a + tens.view(np.uint8) * (b * np.uint8(10)) + hundreds.view(np.uint8) * np.uint8(100)
    wrong = a > 9
    wrong |= tens & ((b > 9) | ~(hundreds | (b > 0)))  # no digit, or a leading zero as in "05"
    wrong |= hundreds & ((c != 1) | (b > 2) | (magnitude > 127))
    wrong |= four & (first != 45)
    wrong |= negative & (magnitude == 0)
    width = len(ends) + int(np.count_nonzero(two)) + int(np.count_nonzero(three)) + int(np.count_nonzero(four))
    blanks = int(np.count_nonzero(raw == 32)) + int(np.count_nonzero(raw == 10))  # what serde's printer uses
    if wrong.any() or width + blanks + len(ends) != len(raw):
        return None
    sign = negative.view(np.int8)
    value: NDArray[np.int8] = (magnitude.view(np.int8) ^ -sign) + sign  # two's complement where sign is 1
    return value


def _commas(raw: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Positions of the commas. In pretty-printed text eight bytes hold at most one, so words are searched."""
    whole = len(raw) // 8 * 8
    comma = raw == 44
    words = comma[:whole].view(np.uint64)
    hit = np.flatnonzero(words)
    if len(hit) + int(np.count_nonzero(comma[whole:])) != int(np.count_nonzero(comma)):
        return np.flatnonzero(comma)
    # A word is 1 << 8k where byte k is the comma; the product brings k into its top byte.
    byte = (words[hit] * np.uint64(0x0001020304050607)) >> np.uint64(56)
    return np.concatenate([hit * 8 + byte.astype(np.int64), whole + np.flatnonzero(comma[whole:])])


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
