"""Text in, ids out, and back: trained on captions here, or loaded from a tokenizer.json or a SentencePiece model."""

from sensorlm.tokenizer.caption import CaptionTokenizer
from sensorlm.tokenizer.numbers import DEFAULT_NUMBERS, NUMBERS

__all__ = ["DEFAULT_NUMBERS", "NUMBERS", "CaptionTokenizer"]
