"""Documents point at what exists, show code that parses, and name no place that only one machine has."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).parent.parent
# Folders and hosts of the machines this was built on; written so that this file does not match itself.
FOREIGN = re.compile(
    r"/(?:work/(?:main|wt|steering|shared|[.]library)|farm/|root/|opt/pypi)|pypi[.]org|python[h]osted|crates[.]io|deb[.]debian"
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", flags=re.M | re.S)


def tracked() -> list[Path]:
    """Files of the repository; of an unpacked copy without git, all but what tools leave behind."""
    listed = subprocess.run(
        ["git", "-C", str(REPO), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        return [REPO / name for name in listed.stdout.split("\0") if name and (REPO / name).is_file()]
    hidden = re.compile(r"(^|/)(\.[^/]*(?<!\.ci)|__pycache__|shared)/")
    return [p for p in REPO.rglob("*") if p.is_file() and not hidden.search(p.relative_to(REPO).as_posix())]


FILES = tracked()
PAGES = [path for path in FILES if path.suffix == ".md"]


def prose(text: str) -> str:
    """Markdown without its code."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """Names that headings can be linked by (GitHub's rule)."""
    heads = re.findall(r"^#+ +(.+?) *$", FENCE.sub("", text), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken_links(page: Path) -> list[str]:
    """Relative links of a page that lead nowhere."""
    bad = []
    for target in LINK.findall(prose(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        place = page.parent / name if name else page
        if not place.exists() or (anchor and anchor not in anchors(place.read_text(encoding="utf-8"))):
            bad.append(target)
    return bad


def unreadable_blocks(page: Path) -> list[str]:
    """Fenced python and bash blocks that do not parse."""
    bad = []
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            try:
                ast.parse(block)
            except SyntaxError as error:
                bad.append(f"{error}: {block[:80]}")
        elif language == "bash":
            run = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
            if run.returncode:
                bad.append(f"{run.stderr.strip()}: {block[:80]}")
    return bad


def names_of(paths: list[Path]) -> list[str]:
    return [path.relative_to(REPO).as_posix() for path in paths]


def test_the_documents_a_reader_expects_are_there():
    wanted = {"README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/decisions.md",
              "docs/log.md", "benchmarks/README.md"}  # fmt: skip
    assert wanted <= set(names_of(PAGES))


@pytest.mark.parametrize("page", PAGES, ids=names_of(PAGES))
def test_relative_links_resolve(page):
    assert not broken_links(page)


@pytest.mark.parametrize("page", PAGES, ids=names_of(PAGES))
def test_code_blocks_parse(page):
    assert not unreadable_blocks(page)


def test_no_file_names_a_place_of_one_machine():
    found = []
    for path in FILES:
        if path.stat().st_size > 2**21:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        hits = [f"{path.relative_to(REPO)}:{n}" for n, line in enumerate(text.splitlines(), 1) if FOREIGN.search(line)]
        found += hits
    assert not found


def test_every_page_of_the_site_exists():
    # mkdocs.yml without a YAML reader: the last words of its nav's lines.
    pages = re.findall(r"^  - .+: (\S+\.md)$", (REPO / "mkdocs.yml").read_text(encoding="utf-8"), flags=re.M)
    assert len(pages) > 5
    assert set(pages) <= set(names_of(PAGES))


def test_every_benchmark_has_a_row_in_their_readme():
    readme = (REPO / "benchmarks" / "README.md").read_text(encoding="utf-8")
    programs = [name for name in names_of(FILES) if re.fullmatch(r"benchmarks/\w+\.py", name)]
    assert [name for name in programs if f"`{Path(name).name}`" not in readme] == []


def test_the_checks_find_what_is_broken(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# A head\n[there](page.md#a-head) [gone](gone.md) [no head](#b) [web](https://example.org)\n"
        "```python\nif:\n```\n```bash\nif true; then\n```\n```text\n[not](a-link.md)\n```\n`[nor](this.md)`\n",
        encoding="utf-8",
    )
    assert broken_links(page) == ["gone.md", "#b"]
    assert len(unreadable_blocks(page)) == 2
    assert FOREIGN.search("see /" + "root/notes")
    assert not FOREIGN.search("a /workshop/mainland road")
