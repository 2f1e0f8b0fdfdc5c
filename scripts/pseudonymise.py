"""Replace who is named in private text: alike wherever it stands, dates moved."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option
from wasabi import msg

from console.options import PackPath
from console.step import run_step
from phantom.checks import CheckContext, load_config
from phantom.checks.engine.base import CheckSkipped
from phantom.checks.pii import recognizers
from phantom.jsonl import read_jsonl, write_json, write_jsonl
from phantom.packs.pack import load_pack
from phantom.packs.tables import read_table
from phantom.passages.names import Matcher
from phantom.pseudonyms import Finder, Surrogates, coverage, pseudonymise, read_secret
from phantom.pseudonyms.dates import Dates
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
    presidio: Annotated[bool, Option(help="Ask Presidio as well")] = True,
    day_first: Annotated[bool, Option(help="03/04/2024 is the third of April")] = False,
) -> None:
    """Write pseudonymised examples, and beside them what was replaced."""
    pack = load_pack(pack_path)
    context = CheckContext(pack, load_config(pack.path))
    given = [(x["name"], x["sex"]) for x in context.table("names", ["name", "sex"])]
    finder = Finder(
        context.table("pii", ["name", "validator", "pattern"]),
        [name for name, _ in given],
        Dates(pack.domain.lang, day_first),
        Matcher(name for names in context.lexicon.values() for name in names),
        _recognizers() if presidio else {},
        context.config.person_labels,
    )
    surrogates = Surrogates(read_secret(secret), given)
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
    if lost:
        msg.warn(f"{lost:,} mentions were cut by an identifier and left out")
    msg.good(
        f"{counts.total():,} identifiers in {len(order):,} records replaced: {output}",
        "It is private still: no finder finds all; docs/privacy.md says how many",
    )


def _recognizers() -> dict[str, Any]:
    try:
        return recognizers()
    except CheckSkipped as error:
        raise ValueError(f"{error}; or go without it: --no-presidio") from None


if __name__ == "__main__":
    run_step(run)
