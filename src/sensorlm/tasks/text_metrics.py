"""Captions and references in, BLEU, ROUGE-L, a METEOR without synonyms, and a cosine of their meaning out.

Words are lower-case runs of letters, or numbers with their decimals, so that "72.4" is one word.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sensorlm.embedders import Embedder
from sensorlm.errors import SensorLMError

_WORD = re.compile(r"\d+(?:[.:]\d+)*|[^\W\d_]+")
_ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "ly")
Words = list[str]


def words(text: str) -> Words:
    """The words that metrics count."""
    return _WORD.findall(text.lower())


def bleu(texts: Sequence[str], references: Sequence[Sequence[str]], order: int = 4) -> float:
    """Corpus BLEU: geometric mean of clipped n-gram precisions, times the brevity penalty.

    Source: Papineni et al. 2002, section 2.3. No smoothing: a corpus without one common 4-gram scores 0.

    Args:
        texts: n captions.
        references: of each caption, one or more.
        order: longest n-gram.
    """
    _check(texts, references)
    matched, total = np.zeros(order), np.zeros(order)
    length = reference_length = 0
    for text, refs in zip(texts, references, strict=True):
        said, wanted = words(text), [words(r) for r in refs]
        length += len(said)
        reference_length += min((abs(len(w) - len(said)), len(w)) for w in wanted)[1]
        for n in range(1, order + 1):
            mine = _ngrams(said, n)
            most: Counter[tuple[str, ...]] = Counter()
            for w in wanted:
                most |= _ngrams(w, n)
            matched[n - 1] += sum((mine & most).values())
            total[n - 1] += sum(mine.values())
    if not matched.all() or not length:
        return 0.0
    brevity = min(0.0, 1 - reference_length / length)
    return float(math.exp(brevity + np.log(matched / total).mean()))


def rouge_l(texts: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Mean F1 of the longest common subsequence, the best reference counting. Source: Lin 2004, section 3.1."""
    _check(texts, references)
    return float(np.mean([max(_rouge(words(t), words(r)) for r in refs) for t, refs in zip(texts, references, strict=True)]))


def meteor_like(texts: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Mean METEOR with exact and stemmed words, the best reference counting; no synonyms, which need a thesaurus.

    Source: Banerjee and Lavie 2005: F = 10PR / (R + 9P), penalty 0.5 (chunks / matches)^3.
    """
    _check(texts, references)
    return float(np.mean([max(_meteor(words(t), words(r)) for r in refs) for t, refs in zip(texts, references, strict=True)]))


def embedding_score(embedder: Embedder, texts: Sequence[str], references: Sequence[str]) -> dict[str, float]:
    """Mean cosine of captions and references by a text tower, and what references of other days reach.

    The second number is what the first must be read against: captions of different days are much alike.
    """
    _check(texts, [[r] for r in references])
    mine, wanted = embedder.embed_texts(list(texts)), embedder.embed_texts(list(references))
    table: NDArray[np.float32] = mine @ wanted.T
    other = ~np.array([[a == b for b in references] for a in references])
    elsewhere = float(table[other].mean()) if other.any() else math.nan
    return {"cosine": float(np.diag(table).mean()), "cosine_of_other_days": elsewhere}


def _check(texts: Sequence[str], references: Sequence[Sequence[str]]) -> None:
    if len(texts) != len(references) or not texts or not all(references):
        raise SensorLMError(
            f"{len(texts)} captions and {len(references)} lists of references: give at least one caption, and at least "
            "one reference for each."
        )


def _ngrams(said: Words, n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(said[i : i + n]) for i in range(len(said) - n + 1))


def _rouge(said: Words, wanted: Words) -> float:
    common = _common_subsequence(said, wanted)
    return 2 * common / (len(said) + len(wanted)) if common else 0.0


def _common_subsequence(a: Words, b: Words) -> int:
    row = [0] * (len(b) + 1)
    for word in a:
        diagonal = 0
        for j, other in enumerate(b, 1):
            above = row[j]
            row[j] = diagonal + 1 if word == other else max(above, row[j - 1])
            diagonal = above
    return row[-1]


def _meteor(said: Words, wanted: Words) -> float:
    pairs = _aligned(said, wanted)
    if not pairs:
        return 0.0
    precision, recall = len(pairs) / len(said), len(pairs) / len(wanted)
    follows = sum(b == (a[0] + 1, a[1] + 1) for a, b in zip(pairs, pairs[1:], strict=False))
    chunks = len(pairs) - follows
    mean = 10 * precision * recall / (recall + 9 * precision)
    return mean * (1 - 0.5 * (chunks / len(pairs)) ** 3)


def _aligned(said: Words, wanted: Words) -> list[tuple[int, int]]:
    """Each word to at most one: equal words first, then equal stems; the one that goes on with the last pair wins."""
    free = set(range(len(wanted)))
    found: dict[int, int] = {}
    for same in (lambda word: word, _stem):
        for i, word in enumerate(said):
            if i in found:
                continue
            places = [j for j in sorted(free) if same(wanted[j]) == same(word)]
            if places:
                after = found.get(i - 1, -2) + 1
                found[i] = after if after in places else places[0]
                free.remove(found[i])
    return sorted(found.items())


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
