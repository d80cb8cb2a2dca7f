"""Pages stand alone, obey no markup they are given, and read well-formed."""

import base64
import re
from html.parser import HTMLParser

import pytest

from sensorlm.errors import ReportError
from sensorlm.report import Page, Result
from sensorlm.report.pictures import loss_curve_picture

HOSTILE = "</td><script>alert('x')</script><img src=http://evil.example/x onerror=1> & \"quotes\""
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Tree(HTMLParser):
    """Checks nesting and keeps tags, texts and attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def png() -> bytes:
    return loss_curve_picture([{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}])


def full_page(png: bytes) -> Page:
    return (
        Page(HOSTILE, subtitle=HOSTILE)
        .section(HOSTILE)
        .text(HOSTILE + "\n\nsecond paragraph")
        .preformatted(HOSTILE)
        .table([HOSTILE, "n"], [[HOSTILE, 1], [None, 2.5]], caption=HOSTILE)
        .results([Result(task=HOSTILE, metric="AUROC", value=0.8, chance=0.5, baseline=0.7)])
        .picture(png, HOSTILE, HOSTILE)
    )


def test_hostile_text_is_shown_and_never_obeyed(png):
    tree = Tree(full_page(png).html())
    assert "script" not in {tag for tag, _ in tree.tags}
    assert [attrs["alt"] for tag, attrs in tree.tags if tag == "img"] == [HOSTILE]
    assert "".join(tree.words).count("alert('x')") == 12
    assert not any(name.startswith("on") for _, attrs in tree.tags for name in attrs)


def test_nothing_is_fetched_from_outside(png):
    tree = Tree(full_page(png).html())
    sources = [v for _, attrs in tree.tags for k, v in attrs.items() if k in ("src", "href")]
    assert sources
    assert all(s.startswith(("data:image/png;base64,", "#")) for s in sources)
    assert "url(" not in full_page(png).html()


def test_the_picture_inside_is_the_picture_given(png):
    html = Page("t").picture(png, "c", "a falling curve").html()
    data = re.search(r"base64,([^\"]+)\"", html).group(1)
    assert base64.b64decode(data) == png
    assert 'width="880"' in html


def test_the_page_says_what_it_is_not_and_serves_light_and_dark():
    html = Page("t").html()
    assert "not a medical device" in html
    assert "prefers-color-scheme: dark" in html
    assert '<html lang="en">' in html


def test_cells_are_written_for_people():
    html = Page("t").table(["what", "n", "flag"], [["days", 12345, True], ["share", 0.12345, None]]).html()
    cells = [c.strip() for c in re.findall(r"<td[^>]*>([^<]*)</td>", html)]
    assert cells == ["days", "12,345", "yes", "share", "0.123", "–"]
    assert re.findall(r'<th scope="col"( class="number")?>', html) == ["", ' class="number"', ""]


def test_results_always_have_chance_and_baseline_columns():
    html = Page("t").results([Result(task="asleep", metric="AUROC", value=0.9)]).html()
    assert all(f">{name}</th>" in html for name in ("model", "chance", "plain statistics"))
    assert html.count("<td class") == 1  # a column of dashes is no column of numbers


def test_sections_are_linked():
    tree = Tree(Page("t").section("One").text("x").section("Two").html())
    anchors = [attrs["id"] for tag, attrs in tree.tags if tag == "h2"]
    assert [attrs["href"] for tag, attrs in tree.tags if tag == "a"] == [f"#{a}" for a in anchors]


def test_a_page_is_written_whole(tmp_path, png):
    full_page(png).write(tmp_path / "a" / "report.html")
    assert (tmp_path / "a" / "report.html").read_text(encoding="utf-8") == full_page(png).html()


def test_ragged_tables_and_wrong_pictures_are_refused(png):
    with pytest.raises(ReportError, match="row 1 has 1 cells, the header has 2"):
        Page("t").table(["a", "b"], [[1, 2], [3]])
    with pytest.raises(ReportError, match="not a PNG"):
        Page("t").picture(b"GIF89a", "c", "a")
    with pytest.raises(ReportError, match="no alt text"):
        Page("t").picture(png, "c", "  ")
