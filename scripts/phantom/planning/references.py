"""Style references: public texts whose form new documents take."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from phantom.passages.files import find_texts, read_texts
from phantom.privacy.paths import is_private
from phantom.records import Reference

# Shorter texts show no form of a whole document.
LEAST_CHARACTERS = 400


def read_references(paths: Sequence[Path], private: list[Path]) -> list[Reference]:
    """Read whole public texts; they will stand in prompts word by word.

    paths (Sequence[Path]): Files or folders of .jsonl (`id`, `text`) or .txt.
    private (List[Path]): Absolute files and folders that no reference may come from.
    RETURNS (List[Reference]): Of the texts that are long enough.
    RAISES: ValueError for a file that is private, or if no text is long enough.
    """
    references = []
    seen = 0
    for file in find_texts(paths):
        if is_private(file, private):
            raise ValueError(
                f"{file}: is private (vars.private of project.yml), so it can't be a "
                "style reference, which goes to the language model as it is"
            )
        for example in read_texts(file):
            seen += 1
            if len(example.text) >= LEAST_CHARACTERS:
                references.append(Reference(id=example.id, text=example.text))
    if paths and not references:
        raise ValueError(
            f"{', '.join(map(str, paths))}: none of {seen:,} texts has "
            f"{LEAST_CHARACTERS} characters or more; give whole documents, one a record"
        )
    return references


def deal(references: Sequence[Reference], rng: random.Random) -> Iterator[Reference]:
    """Deal references without end, each once before any comes again."""
    while references:
        yield from rng.sample(references, len(references))
