"""Captions in, int64 ids padded with EOS out. Byte-level BPE: every text has ids, and every text comes back whole.

EOS is sticky, as in the reference: a row ends in EOS and stays EOS, so the pad id is the EOS id and the last position
of a row is always EOS, also when the text was cut.
"""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import tokenizers
from numpy.typing import NDArray

from sensorlm.errors import TokenizerError
from sensorlm.files import write_bytes
from sensorlm.tokenizer.numbers import DEFAULT_NUMBERS, NUMBERS

BOS_TOKEN = "<s>"
EOS_TOKEN = "</s>"
SMALLEST_VOCAB = 256 + 2  # every byte, BOS, EOS
# What other people's tokenizer.json files call the end of a text.
_EOS_NAMES = (EOS_TOKEN, "<eos>", "<|endoftext|>", "<|end_of_text|>", "[SEP]")


@runtime_checkable
class _Backend(Protocol):
    """What CaptionTokenizer needs of a tokenizer library."""

    file_name: str
    vocab_size: int
    eos_id: int

    def encode(self, texts: Sequence[str]) -> list[list[int]]: ...

    def spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]: ...

    def decode(self, ids: list[list[int]]) -> list[str]: ...

    def to_bytes(self) -> bytes: ...


class CaptionTokenizer:
    """Encodes and decodes captions; one interface over both kinds of file."""

    def __init__(self, backend: _Backend) -> None:
        # A process that has used tokenizers' threads and forks gets a warning and, with threads forced on, hangs.
        # Loader workers fork, and are our parallelism. A user's own setting wins.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        self._backend = backend

    @classmethod
    def train(cls, texts: Iterable[str], vocab_size: int, *, numbers: str = DEFAULT_NUMBERS) -> "CaptionTokenizer":
        """Byte-level BPE learned from `texts`; the same texts give the same tokenizer.

        Args:
            texts: captions, streamed.
            vocab_size: tokens at most, BOS, EOS and the 256 bytes among them; fewer when the texts hold no more pairs.
            numbers: a key of NUMBERS.

        Raises:
            TokenizerError: `vocab_size` under 258, or no such way with numbers.
        """
        if vocab_size < SMALLEST_VOCAB:
            raise TokenizerError(
                f"vocab_size={vocab_size} is under {SMALLEST_VOCAB}: 256 bytes, {BOS_TOKEN}, {EOS_TOKEN}."
            )
        if numbers not in NUMBERS:
            raise TokenizerError(f"numbers={numbers!r} is not one of {', '.join(NUMBERS)}.")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
            [
                tokenizers.pre_tokenizers.Split(tokenizers.Regex(NUMBERS[numbers]), "isolated"),
                tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        tokenizer.decoder = tokenizers.decoders.ByteLevel()
        trainer = tokenizers.trainers.BpeTrainer(
            vocab_size=vocab_size,
            special_tokens=[BOS_TOKEN, EOS_TOKEN],
            initial_alphabet=sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        )
        tokenizer.train_from_iterator(texts, trainer)
        return cls(_HuggingFace(tokenizer))

    @classmethod
    def from_file(cls, path: str | Path) -> "CaptionTokenizer":
        """Load a tokenizer.json or a SentencePiece .model; a folder is searched for tokenizer.json, tokenizer.model.

        Raises:
            TokenizerError: no such file, neither kind, or a file without an end-of-text token.
        """
        path = Path(path)
        if path.is_dir():
            found = [path / name for name in ("tokenizer.json", "tokenizer.model") if (path / name).is_file()]
            if not found:
                raise TokenizerError(f"folder {path} holds neither tokenizer.json nor tokenizer.model.")
            path = found[0]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise TokenizerError(f"tokenizer {path} cannot be read ({error}).") from None
        try:
            return cls.from_bytes(data)
        except TokenizerError as error:
            raise TokenizerError(f"tokenizer {path}: {error}") from None

    @classmethod
    def from_bytes(cls, data: bytes) -> "CaptionTokenizer":
        """Load either kind from memory; the content, not a name, says which it is.

        Raises:
            TokenizerError: neither kind, or no end-of-text token.
        """
        if data.lstrip()[:1] == b"{":
            try:
                return cls(_HuggingFace(tokenizers.Tokenizer.from_buffer(data)))
            except ValueError as error:
                raise TokenizerError(f"looks like JSON, but is no tokenizer.json ({error}).") from None
        return cls(_SentencePiece(data))

    @property
    def file_name(self) -> str:
        """What the file should be called: "tokenizer.json", or "tokenizer.model" for SentencePiece."""
        return self._backend.file_name

    @property
    def vocab_size(self) -> int:
        """Number of ids; every id is below it."""
        return self._backend.vocab_size

    @property
    def eos_id(self) -> int:
        """The id that ends and pads a row: 1 in ours and in the reference's."""
        return self._backend.eos_id

    @property
    def pad_id(self) -> int:
        """The EOS id: EOS is sticky."""
        return self._backend.eos_id

    @property
    def bos_id(self) -> int:
        """The id a decoder starts from: 0, which is no text in ours (`<s>`) nor in the reference's (`<pad>`)."""
        return 0

    def save(self, path: str | Path) -> Path:
        """Write the tokenizer, atomically, to a file or into a folder; returns the file.

        Raises:
            TokenizerError: a SentencePiece model sent to a .json file.
        """
        path = Path(path)
        if path.is_dir():
            path = path / self.file_name
        if path.suffix == ".json" and self.file_name != "tokenizer.json":
            raise TokenizerError(
                f"{path}: this is a SentencePiece model. Save it as {path.with_suffix('.model').name}."
            )
        write_bytes(path, self._backend.to_bytes())
        return path

    def to_bytes(self) -> bytes:
        """What `from_bytes` reads."""
        return self._backend.to_bytes()

    def encode(self, texts: Sequence[str], context_length: int) -> NDArray[np.int64]:
        """(b, context_length) ids: text, then EOS to the end; a longer text is cut so that one EOS remains.

        Raises:
            TokenizerError: `context_length` under 1, or a text that is no Unicode text (a lone surrogate).
        """
        if context_length < 1:
            raise TokenizerError(f"context_length={context_length} leaves no room for the end token. Give 1 or more.")
        out = np.full((len(texts), context_length), self.eos_id, np.int64)
        for row, ids in zip(out, self._encode(texts), strict=True):
            kept = ids[: context_length - 1]
            row[: len(kept)] = kept
        return out

    def spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Start and end in its text of each token of `encode`, as characters; a SentencePiece model does not tell."""
        return self._backend.spans(list(texts))

    def lengths(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """(b,) tokens of each text, its EOS counted: the context length that holds it whole."""
        return np.array([len(ids) + 1 for ids in self._encode(texts)], np.int64)

    def decode(self, ids: NDArray[np.integer[Any]] | Sequence[NDArray[np.integer[Any]] | Sequence[int]]) -> list[str]:
        """Texts of (b, l) ids, each up to its first EOS.

        Raises:
            TokenizerError: an id outside the vocabulary.
        """
        rows: list[list[int]] = []
        for given in ids:
            row = [int(i) for i in given]
            row = row[: row.index(self.eos_id)] if self.eos_id in row else row
            wrong = next((i for i in row if not 0 <= i < self.vocab_size), None)
            if wrong is not None:
                raise TokenizerError(
                    f"id {wrong} is outside the vocabulary of {self.vocab_size}. Is it this tokenizer's?"
                )
            rows.append(row)
        return self._backend.decode(rows)

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        try:
            return self._backend.encode(list(texts))
        except (UnicodeError, TypeError) as error:
            raise TokenizerError(f"a text cannot be encoded ({error}). Give str without lone surrogates.") from None


_REJOINED = (
    (re.compile(r"(?<=\d) ?: ?(?=\d\d(?!\d))"), ":"),
    (re.compile(r"(?<=\d), (?=\d{3}(?!\d))"), ","),
    (re.compile(r" (?=[:;%)])"), ""),
    (re.compile(r"(?<=[(]) "), ""),
)


def written(text: str) -> str:
    """A text of lower-case pieces as people write it: "slept until 07 : 30." becomes "Slept until 07:30."."""
    for pattern, joined in _REJOINED:
        text = pattern.sub(joined, text)
    return re.sub(r"(?:^|(?<=[.] ))[a-z]", lambda match: match[0].upper(), text)


class _HuggingFace:
    """A tokenizer.json."""

    file_name = "tokenizer.json"

    def __init__(self, tokenizer: tokenizers.Tokenizer) -> None:
        # Other people's files may pad and cut; both are our business. "</s>" inside a text is text.
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.encode_special_tokens = True
        self._tokenizer = tokenizer
        found = next((name for name in _EOS_NAMES if tokenizer.token_to_id(name) is not None), None)
        if found is None:
            raise TokenizerError(f"has no end-of-text token; looked for {', '.join(_EOS_NAMES)}.")
        self.eos_id = int(tokenizer.token_to_id(found) or 0)
        self.vocab_size: int = tokenizer.get_vocab_size(with_added_tokens=True)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        return [e.ids for e in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        return [list(e.offsets) for e in self._tokenizer.encode_batch(texts, add_special_tokens=False)]

    def decode(self, ids: list[list[int]]) -> list[str]:
        texts = self._tokenizer.decode_batch(ids, skip_special_tokens=True)
        # WordPiece keeps neither capitals nor the spaces around marks.
        cut = isinstance(self._tokenizer.decoder, tokenizers.decoders.WordPiece)
        return [written(text) for text in texts] if cut else list(texts)

    def to_bytes(self) -> bytes:
        return str(self._tokenizer.to_str(pretty=True)).encode("utf-8")


class _SentencePiece:
    """A SentencePiece .model, such as the reference's c4_en."""

    file_name = "tokenizer.model"

    def __init__(self, data: bytes) -> None:
        if not data:
            raise TokenizerError("the file is empty. Give a tokenizer.json or a SentencePiece model.")
        try:
            import sentencepiece  # noqa: PLC0415  an extra, needed for these files alone
        except ImportError:
            raise TokenizerError("SentencePiece models need `pip install sensorlm[text]`.") from None
        try:
            self._processor = sentencepiece.SentencePieceProcessor(model_proto=data)
        except RuntimeError as error:
            raise TokenizerError(f"neither a tokenizer.json nor a SentencePiece model ({error}).") from None
        self.eos_id: int = self._processor.eos_id()
        self.vocab_size: int = self._processor.get_piece_size()
        if self.eos_id < 0:
            raise TokenizerError("the SentencePiece model was trained without an EOS token; texts cannot end.")

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        return [list(ids) for ids in self._processor.encode(list(texts), out_type=int, num_threads=1)]

    def spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        raise TokenizerError(f"a SentencePiece model does not say where in {len(texts)} texts its tokens stand.")

    def decode(self, ids: list[list[int]]) -> list[str]:
        return [self._processor.decode(row) for row in ids]

    def to_bytes(self) -> bytes:
        return bytes(self._processor.serialized_model_proto())
