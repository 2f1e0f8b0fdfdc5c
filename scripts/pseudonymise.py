"""Replace who is named in private text: alike wherever it stands, dates moved."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import PackPath
from console.step import run_step
from phantom.jsonl import read_jsonl, write_json, write_jsonl
from phantom.packs.pack import load_pack
from phantom.packs.tables import read_table
from phantom.passages.files import find_texts
from phantom.privacy.paths import parse_paths
from phantom.pseudonyms import (
    coverage,
    make_finder,
    make_surrogates,
    pseudonymise,
    read_secret,
)
from phantom.records import Example


def run(
    pack_path: PackPath,
    texts: Annotated[Path, Argument(help="Private examples (.jsonl)")],
    output: Annotated[Path, Argument(help="The same with surrogates (.jsonl)")],
    key: Annotated[str, Option(help="Key of meta that says whose a record is")] = (
        "patient"
    ),
    secret: Annotated[
        Path, Option(help="The secret that surrogates depend on; made if missing")
    ] = Path("privacy/pseudonyms.key"),
    known: Annotated[
        str, Option(help="Table with columns unit and name: names on file (.tsv)")
    ] = "",
    ordinary: Annotated[
        str, Option(help="Text that names nobody; other capitalised words are names")
    ] = "",
    ner: Annotated[str, Option(help="A spaCy pipeline that finds people")] = "",
    presidio: Annotated[bool, Option(help="Ask Presidio as well")] = True,
    day_first: Annotated[bool, Option(help="03/04/2024 is the third of April")] = False,
) -> None:
    """Write pseudonymised examples, and beside them what was replaced."""
    pack = load_pack(pack_path)
    plain = parse_paths(ordinary)
    if lost_paths := [path for path in plain if not path.exists()]:
        raise ValueError(f"{lost_paths[0]}: no such file or folder")
    finder = make_finder(
        pack,
        presidio=presidio,
        day_first=day_first,
        ordinary=find_texts(plain),
        ner=ner,
    )
    surrogates = make_surrogates(pack, read_secret(secret))
    on_file: defaultdict[str, list[str]] = defaultdict(list)
    for row in read_table(Path(known), ["unit", "name"]) if known else ():
        on_file[row["unit"]].append(row["name"])
    units: defaultdict[str, list[Example]] = defaultdict(list)
    order: list[tuple[str, int]] = []
    for example in read_jsonl(texts, Example):
        unit = str(example.meta.get(key) or "")
        if not unit:
            raise ValueError(f"{texts}: record {example.id!r} has no meta.{key}")
        order.append((unit, len(units[unit])))
        units[unit].append(example)
    counts: Counter[str] = Counter()
    lost = 0
    made: dict[str, list[Example]] = {}
    for unit, examples in units.items():
        made[unit], found, cut = pseudonymise(
            unit, examples, finder, surrogates, key, on_file[unit]
        )
        counts += found
        lost += len(cut)
    write_jsonl(output, (made[unit][place] for unit, place in order))
    rows = coverage(counts)
    report = {"records": len(order), "units": len(units), "mentions_lost": lost}
    write_json(output.with_suffix(".report.json"), {**report, "safe_harbor": rows})
    header = ("Safe Harbor category", "replaced", "")
    lines = [(x["covers"], f"{x['replaced']:,}", x["note"]) for x in rows]
    msg.table(lines, header=header, aligns=("l", "r", "l"), divider=True)
    if finder.ordinary is None and finder.recognize is None:
        msg.warn("Surnames that no word gives away are missed: give --ordinary text")
    if lost:
        msg.warn(f"{lost:,} mentions were cut by an identifier and left out")
    msg.good(
        f"{counts.total():,} identifiers in {len(order):,} records replaced: {output}",
        "It is private still: no finder finds all; docs/privacy.md says how many",
    )


if __name__ == "__main__":
    run_step(run)
