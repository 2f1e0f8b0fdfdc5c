"""Arguments and options that steps share, and how their values are read."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

ENDPOINT = Path("configs/llm/openai.cfg")
RECORDING = Path("configs/llm/recording.cfg")
PackPath = Annotated[Path, Argument(help="Folder of the domain pack")]
SpecsPath = Annotated[Path, Argument(help="The plan (.jsonl)")]
JournalPath = Annotated[Path, Argument(help="The journal (.jsonl)")]
Llm = Annotated[Path, Option(help="Config of the back-end")]
Settings = Annotated[
    list[str] | None, Option("--set", help="Change it, as llm.model=NAME")
]
Kinds = Annotated[
    str, Option(help="Other weights, such as 'clinical note=30', commas between")
]
References = Annotated[
    str, Option(help="Public texts whose form new documents take, commas between")
]
Recorded = Annotated[
    str, Option(help="Folder in the pack's recording/ to take specs from")
]
Private = Annotated[
    str,
    Option(help="Private files and folders, commas between; '' for none"),
]
BudgetPath = Annotated[Path, Argument(help="The declared privacy budget (.yml)")]
LedgerPath = Annotated[Path, Argument(help="The ledger of privacy loss (.jsonl)")]
Counted = Annotated[
    Path | None,
    Option("--ledger", help="Where this ledger is, no hint comes of private text"),
]
Budget = Annotated[
    str, Option(help="Hard stop: '5', '5 USD', '200000 tokens', over the journal")
]
LogJson = Annotated[
    Path | None, Option(help="One JSON line per event; - for the output")
]


def read_start(given: str) -> tuple[str, Path]:
    """A name and a folder. RAISES: ValueError if there is no pipeline."""
    name, _, folder = given.partition("=")
    if not (Path(folder) / "meta.json").is_file() or not name.isidentifier():
        raise ValueError(f"--on {given}: give NAME=FOLDER of a pipeline, NAME a word")
    return name, Path(folder)


def read_sizes(given: str) -> list[int]:
    """Numbers with commas between, in order. RAISES: ValueError if one is none."""
    try:
        return sorted({int(x) for x in given.split(",") if x.strip()})
    except ValueError:
        raise ValueError(f"{given!r}: give numbers with commas between") from None


def split_names(given: str, known: tuple[str, ...] = ()) -> list[str]:
    """Names with commas between. RAISES: ValueError if one is not known."""
    names = [name.strip() for name in given.split(",") if name.strip()]
    for name in names:
        if known and name not in known:
            raise ValueError(f"{name!r} is none of: {', '.join(known)}")
    return names
