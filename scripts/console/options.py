"""Arguments and options that the steps which ask an LLM share."""

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
Private = Annotated[
    str,
    Option(help="Private files and folders, commas between; '' for none"),
]
Budget = Annotated[
    str, Option(help="Hard stop: '5', '5 USD', '200000 tokens', over the journal")
]
LogJson = Annotated[
    Path | None, Option(help="One JSON line per event; - for the output")
]
