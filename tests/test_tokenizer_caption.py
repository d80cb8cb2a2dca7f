"""Any text has ids and comes back; rows end in EOS; numbers are spelt alike; both kinds of file load."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sentencepiece
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from sensorlm.errors import TokenizerError
from sensorlm.tokenizer import NUMBERS, CaptionTokenizer

EOS = 1


def captions(count: int = 400) -> list[str]:
    rng = np.random.default_rng(3)
    return [
        f"Heart rate averaged {rng.normal(70, 10):.1f} bpm, {rng.integers(40, 60)} to {rng.integers(100, 190)} bpm. "
        f"A run from {rng.integers(0, 24):02d}:{rng.integers(0, 60):02d} to minute {rng.integers(0, 1440)}."
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def tokenizer() -> CaptionTokenizer:
    return CaptionTokenizer.train(captions(), 400)


@pytest.fixture(scope="module")
def sentencepiece_model() -> bytes:
    """Laid out as the reference's c4_en: pad 0, EOS 1, unknown 2."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(captions()), model_writer=model, vocab_size=330, pad_id=0, eos_id=EOS, unk_id=2,
        bos_id=-1, byte_fallback=True, minloglevel=2,
    )  # fmt: skip
    return model.getvalue()


@pytest.mark.parametrize("numbers", NUMBERS)
def test_captions_come_back_whatever_the_way_with_numbers(numbers):
    trained = CaptionTokenizer.train(captions(100), 350, numbers=numbers)
    texts = captions(20)
    assert trained.decode(trained.encode(texts, 256)) == texts


_any_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@given(text=_any_text | st.sampled_from(["</s>", "<s>", "a</s>b", " ", "\n\n  x", "½ ３ ४", "\x00", "ﬁ", "e\u0301"]))
def test_any_unicode_text_comes_back(tokenizer, text):
    ids = tokenizer.encode([text], 1 + len(text.encode("utf-8")))  # a byte is one token at most
    assert tokenizer.decode(ids) == [text]
    assert ids.max(initial=0) < tokenizer.vocab_size


@given(texts=st.lists(_any_text, max_size=5), length=st.integers(1, 20))
def test_rows_end_in_eos_and_stay_there(tokenizer, texts, length):
    ids = tokenizer.encode(texts, length)
    assert ids.shape == (len(texts), length)
    assert ids.dtype == np.int64
    for row, text, whole in zip(ids, texts, tokenizer.lengths(texts), strict=True):
        first = row.tolist().index(EOS)
        assert (row[first:] == EOS).all()
        assert first == min(length, whole) - 1
        if whole <= length:
            assert tokenizer.decode([row]) == [text]
        else:
            assert text.encode().startswith(tokenizer.decode([row])[0].rstrip("\ufffd").encode())


def test_ids_are_the_layout_of_the_reference(tokenizer):
    assert (tokenizer.eos_id, tokenizer.pad_id, tokenizer.bos_id) == (EOS, EOS, 0)
    assert tokenizer.vocab_size <= 400


def test_each_digit_is_one_token_and_always_the_same(tokenizer):
    """71.4 and 72.4 differ in one token; a number's tokens depend on its digits alone."""
    for number in range(1440):
        spelt = tokenizer.encode([f" {number}"], 8)[0]
        assert list(spelt).index(EOS) == len(str(number))
        tail = tokenizer.encode(["".join(str(number)[1:])], 8)[0]
        assert spelt[1 : len(str(number))].tolist() == tail[: len(str(number)) - 1].tolist()
    a, b = tokenizer.encode(["averaged 71.4 bpm", "averaged 72.4 bpm"], 32)
    assert (a != b).sum() == 1


def test_training_twice_gives_the_same_bytes_here_and_in_another_process(tokenizer):
    assert CaptionTokenizer.train(iter(captions()), 400).to_bytes() == tokenizer.to_bytes()
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from test_tokenizer_caption import captions\n"
        "from sensorlm.tokenizer import CaptionTokenizer\n"
        "sys.stdout.buffer.write(CaptionTokenizer.train(captions(), 400).to_bytes())"
    )
    tests = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": str(tests.parent / "src"), "PYTHONHASHSEED": "5"}
    command = [sys.executable, "-c", program, str(tests)]
    assert subprocess.run(command, check=True, capture_output=True, env=environment).stdout == tokenizer.to_bytes()


def test_what_is_saved_is_what_is_loaded(tokenizer, tmp_path):
    file = tokenizer.save(tmp_path)
    assert file == tmp_path / "tokenizer.json"
    for path in (file, tmp_path):
        loaded = CaptionTokenizer.from_file(path)
        np.testing.assert_array_equal(loaded.encode(captions(5), 64), tokenizer.encode(captions(5), 64))
    # The tokenizers library alone reads it and gives the same ids.
    plain = tokenizers.Tokenizer.from_file(str(file)).encode(captions(1)[0]).ids
    assert plain == tokenizer.encode(captions(1), 128)[0, : len(plain)].tolist()


def test_a_sentencepiece_model_loads_and_gives_its_own_ids(sentencepiece_model, tmp_path):
    file = tmp_path / "c4.model"
    file.write_bytes(sentencepiece_model)
    loaded = CaptionTokenizer.from_file(file)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(file))
    texts = captions(4)
    ids = loaded.encode(texts, 96)
    for row, text in zip(ids, texts, strict=True):
        expected = processor.encode(text)
        assert row.tolist() == expected + [EOS] * (96 - len(expected))
    assert loaded.decode(ids) == texts
    assert loaded.lengths(texts).tolist() == [len(processor.encode(t)) + 1 for t in texts]
    assert (loaded.eos_id, loaded.vocab_size) == (EOS, 330)
    (tmp_path / "saved").mkdir()
    saved = loaded.save(tmp_path / "saved")
    assert saved.name == loaded.file_name == "tokenizer.model"
    np.testing.assert_array_equal(CaptionTokenizer.from_file(tmp_path / "saved").encode(texts, 96), ids)
    with pytest.raises(TokenizerError, match=r"Save it as tokenizer\.model"):
        loaded.save(tmp_path / "tokenizer.json")


def test_somebody_elses_tokenizer_json_loses_its_padding_and_cutting(tmp_path):
    other = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[PAD]": 0, "[SEP]": 1, "[UNK]": 2, "run": 3}, "[UNK]"))
    other.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    other.enable_padding(length=9)
    other.enable_truncation(2)
    other.save(str(tmp_path / "tokenizer.json"))
    loaded = CaptionTokenizer.from_file(tmp_path)
    assert loaded.encode(["run run run", "run"], 5).tolist() == [[3, 3, 3, 1, 1], [3, 1, 1, 1, 1]]


FORKS = """
import multiprocessing
from sensorlm.tokenizer import CaptionTokenizer

texts = [f"steps rose from {i} to {i * 7} before noon" for i in range(300)]
tokenizer = CaptionTokenizer.train(texts, 300)

def child(pipe):
    pipe.send(int(tokenizer.encode(texts, 64).sum()))

if __name__ == "__main__":
    expected = int(tokenizer.encode(texts, 64).sum())
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    worker = context.Process(target=child, args=(theirs,))
    worker.start()
    assert ours.poll(60), "the worker hangs"
    assert ours.recv() == expected
    worker.join()
"""


def test_a_forked_worker_encodes_without_a_warning_or_a_hang():
    # In a process of its own: this one may hold other libraries' threads, which do not survive a fork.
    plain = {k: v for k, v in os.environ.items() if k != "TOKENIZERS_PARALLELISM"}  # a user's own setting would win
    run = subprocess.run(
        [sys.executable, "-c", FORKS], env=plain, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    assert "parallelism" not in run.stderr


def test_what_cannot_be_is_refused(tokenizer, tmp_path, sentencepiece_model):
    with pytest.raises(TokenizerError, match="vocab_size=257 is under 258"):
        CaptionTokenizer.train(captions(2), 257)
    with pytest.raises(TokenizerError, match="numbers='roman' is not one of digits"):
        CaptionTokenizer.train(captions(2), 300, numbers="roman")
    with pytest.raises(TokenizerError, match="context_length=0"):
        tokenizer.encode(["a"], 0)
    with pytest.raises(TokenizerError, match="lone surrogates"):
        tokenizer.encode(["\ud800"], 4)
    for wrong in (-1, tokenizer.vocab_size):
        with pytest.raises(TokenizerError, match=f"id {wrong} is outside the vocabulary"):
            tokenizer.decode([[wrong]])
    with pytest.raises(TokenizerError, match=r"none\.json cannot be read"):
        CaptionTokenizer.from_file(tmp_path / "none.json")
    with pytest.raises(TokenizerError, match=r"holds neither tokenizer\.json nor tokenizer\.model"):
        CaptionTokenizer.from_file(tmp_path)
    no_end = json.dumps({**json.loads(tokenizer.to_bytes()), "added_tokens": []}).replace("</s>", "</t>").encode()
    for data, message in (
        (b"", "the file is empty"),
        (b"{}", "is no tokenizer.json"),
        (b"\x00\x01", "nor a SentencePiece model"),
        (no_end, "has no end-of-text token"),
    ):
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(TokenizerError, match=message):
            CaptionTokenizer.from_file(tmp_path / "x")


def test_a_sentencepiece_model_without_an_end_is_refused():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(captions(50)), model_writer=model, vocab_size=60, eos_id=-1, bos_id=-1, minloglevel=2
    )
    with pytest.raises(TokenizerError, match="without an EOS token"):
        CaptionTokenizer.from_bytes(model.getvalue())


def test_a_sentencepiece_model_without_the_extra_says_what_to_install(sentencepiece_model, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentencepiece", None)
    with pytest.raises(TokenizerError, match=r"pip install sensorlm\[text\]"):
        CaptionTokenizer.from_bytes(sentencepiece_model)
