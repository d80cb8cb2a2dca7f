"""How a text is cut before byte-pair merging, and with it how numbers are spelt in tokens. A name in, a regex out.

A merge never crosses a cut. What a cut does to numbers decides whether "71.4" and "72.4" differ in one token or in all
of them; docs/decisions.md has the measured comparison.
"""

_REST = r"| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"

NUMBERS: dict[str, str] = {
    "digits": r"\p{N}" + _REST,  # one token a digit; the space before is a token of its own
    "spaced-digits": r" ?\p{N}" + _REST,  # one token a digit; the first takes the space before it
    "triples": r" ?\p{N}{1,3}" + _REST,  # up to three digits, merged as often as they occur
    "merged": r" ?\p{N}+" + _REST,  # whatever merges the captions make frequent
}
DEFAULT_NUMBERS = "spaced-digits"
