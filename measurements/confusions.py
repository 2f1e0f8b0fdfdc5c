"""Measure what is read or typed in place of what: the tables of two augmenters.

    python measurements/confusions.py ocr [--pages 20] [--seed 0] [--output FOLDER]
    python measurements/confusions.py typo [--output FOLDER]

`ocr` renders the recorded passages of both packs as pages, wears them out at three
levels and has Tesseract read them (`phantom.scans`, the extra `ocr`).
`typo` reads the misspellings that codespell lists (pip install codespell). Both need
rapidfuzz.

Writes FOLDER/<name>.tsv: the level, what was written, what was read in its place, how
often, and how often the written string occurs in all. Prints the character error rate,
and the share of errors that the table holds: longer ones, and those seen once, are
left out.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from rapidfuzz.distance import Levenshtein

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts")]
FOLDER = ROOT / "scripts" / "phantom" / "augmenters" / "data"
LONGEST = 3
PAGE = 1500
Pairs = list[tuple[str, str]]


def find_confusions(written: str, read: str) -> list[tuple[str, str]]:
    """Align two strings; what differs, side by side.

    Errors side by side are one. What was only dropped or only added takes the character
    before it along (after it, at the start), so that the table knows where.
    """
    blocks: list[list[int]] = []
    for tag, *bounds in Levenshtein.opcodes(written, read).as_list():
        if tag == "equal":
            continue
        if blocks and (blocks[-1][1], blocks[-1][3]) == (bounds[0], bounds[2]):
            blocks[-1][1::2] = bounds[1::2]
        else:
            blocks.append(bounds)
    found: list[tuple[str, str]] = []
    for a, b, c, d in blocks:
        if (a == b or c == d) and a and c:
            a, c = a - 1, c - 1
        elif a == b or c == d:
            b, d = b + 1, d + 1
        found.append((written[a:b], read[c:d]))
    return found


def count(pairs: Iterable[tuple[str, str]]) -> tuple[list[list[str | int]], dict]:
    """Rows of a table, and figures: characters, errors, error rate, share in rows."""
    texts = list(pairs)
    counts: Counter[tuple[str, str]] = Counter()
    errors = length = 0
    for written, read in texts:
        errors += Levenshtein.distance(written, read)
        length += len(written)
        counts.update(find_confusions(written, read))
    whole = "\n".join(written for written, _ in texts)
    rows: list[list[str | int]] = []
    for (written, read), times in sorted(counts.items()):
        short = 0 < len(written) <= LONGEST and len(read) <= LONGEST
        if times > 1 and short and _is_cell(written) and _is_cell(read):
            occurs = len(re.findall(f"(?={re.escape(written)})", whole))
            # A cell is stripped by whatever reads it.
            cells = (cell.replace(" ", "␣") for cell in (written, read))
            rows.append([*cells, times, occurs])
    in_rows = sum(int(row[2]) for row in rows)
    return rows, {
        "characters": length,
        "error_rate": round(errors / max(length, 1), 4),
        "in_table": round(in_rows / max(counts.total(), 1), 3),
    }


def _is_cell(text: str) -> bool:
    return not set(text) & set('\t\n"')


def measure_ocr(pages: int, seed: int) -> dict[int, Pairs]:
    """Pages of the recorded passages, as written and as read, by level."""
    from phantom.jsonl import read_jsonl
    from phantom.packs.pack import load_pack
    from phantom.passages.tags import Tagged, parse_tags
    from phantom.records import Completion, Example
    from phantom.scans.render import Look, read_scan, render
    from phantom.scans.wear import LEVELS

    texts = []
    for domain in ("medicine", "finance"):
        pack = load_pack(ROOT / "assets" / "domains" / domain)
        answers = read_jsonl(pack.recording / "completions.jsonl.gz", Completion)
        items = [json.loads(answer.completion) for answer in answers]
        parsed = (parse_tags(x["text"], pack.labels) for x in items if "text" in x)
        spoken = " ".join(p.text for p in parsed if isinstance(p, Tagged))
        texts.append(" ".join(spoken.split()))
    cut = [
        text[i * 7 * PAGE : (i * 7 + 1) * PAGE]
        for i in range((pages + 1) // 2)
        for text in texts
    ][:pages]
    found: dict[int, Pairs] = {}
    for level in LEVELS:
        # Columns that are read across would count as misread letters.
        one = ("letter", "form")
        look = Look(one, levels=(level,), handwritten=0.0, stamped=0.0, seed=seed)
        for number, text in enumerate(cut):
            scan = render(Example(id=f"{number}", text=text), look)
            read = read_scan(scan, look.lang).example.text
            pair = (" ".join(x.split()) for x in (scan.written.text, read))
            found.setdefault(level, []).append(tuple(pair))  # type: ignore[arg-type]
    return found


def measure_typos() -> dict[int, Pairs]:
    """What codespell lists: the word, and the way it was misspelled."""
    listed = files("codespell_lib") / "data" / "dictionary.txt"
    pairs = []
    for line in listed.read_text(encoding="utf-8").splitlines():
        wrong, _, right = line.partition("->")
        # Of several corrections, and with a remark, none is sure.
        if "," not in right and right.isalpha() and wrong.isalpha():
            pairs.append((right.lower(), wrong.lower()))
    return {1: pairs}


def main() -> None:
    """Measure one table and write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("ocr", "typo"))
    parser.add_argument("--pages", type=int, default=20, help="per level")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=FOLDER)
    args = parser.parse_args()
    levels = measure_typos() if args.name == "typo" else None
    levels = levels or measure_ocr(args.pages, args.seed)
    lines = ["level\twritten\tread\tcount\tof"]
    for level, pairs in levels.items():
        rows, figures = count(pairs)
        lines += ["\t".join(map(str, [level, *row])) for row in rows]
        print(f"level {level}: {json.dumps(figures)}, {len(rows)} rows")
    args.output.mkdir(parents=True, exist_ok=True)
    path = args.output / f"{args.name}.tsv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    if args.name == "typo":
        print(f"{path}: codespell {version('codespell')}")
        return
    import pytesseract

    print(f"{path}: Tesseract {pytesseract.get_tesseract_version()}")


if __name__ == "__main__":
    main()
