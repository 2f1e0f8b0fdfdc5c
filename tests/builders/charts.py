"""A pack whose scenario is a folder of patients' records, and the facts it gives."""

from collections import Counter
from pathlib import Path

from tests.builders.packs import make_pack

from phantom.packs.pack import Pack
from phantom.planning.scenarios.base import simulate
from phantom.records import Fact

SCENARIOS = """
scenarios:
  - {kind}: {{folder: "{folder}", origin: synthetic}}
labels: {{disease: DISEASE, comorbidity: DISEASE, drug: CHEMICAL}}
events:
  diagnosis: {{kind: apart}}
  prescription: {{kind: treats, relations: [[drug, TREATS, disease]]}}
"""


def with_source(folder: Path, kind: str, files: dict[str, str]) -> Pack:
    pack = make_pack(folder)
    source = folder / "source"
    source.mkdir()
    for name, text in files.items():
        (source / name).write_text(text)
    content = SCENARIOS.format(kind=kind, folder=source.as_posix())
    (pack.path / "scenarios.yml").write_text(content)
    return pack


def read(folder: Path, tables: dict[str, str]) -> tuple[list[Fact], Counter[str]]:
    files = {f"{name}.csv": text for name, text in tables.items()}
    left: Counter[str] = Counter()
    pack = with_source(folder, "synthea", files)
    return list(simulate(pack, 0, left=left)), left
