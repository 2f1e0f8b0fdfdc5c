"""spaCy's DocBin: entities, relations and where the text is from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from phantom.formats.base import Files, Format, Report, prefixed
from phantom.jsonl import replace_file
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_formats("docbin")
@dataclass(frozen=True, kw_only=True)
class SpacyDocBin(Format):
    """spaCy's DocBin (.spacy), with relations in `doc._.relations`.

    Reads the entities of each doc, their `kb_id_` or `ent_id_` as concept, and what
    `user_data` says of the source. Written with the tokenizer that pipelines are
    trained with: a mention that does not end on its tokens leaves them without
    annotation (missing, not outside) and is counted.

    lang (str): Language of the tokenizer.
    group (str): Span group to read in the place of the entities; "" for those.
    """

    lang: str = "en"
    group: str = ""
    roles: ClassVar[tuple[str, ...]] = ("docbin",)
    holds: ClassVar[frozenset[str]] = frozenset(
        {"concepts", "meta", "provenance", "nominal"}
    )

    def read(self, files: Files, prefix: str, report: Report) -> Iterator[Example]:
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab

        from phantom.formats.docs import from_doc

        path = files.pick("docbin")
        try:
            docbin = DocBin().from_disk(path)
        except Exception as error:  # msgpack and zlib have many kinds
            raise ValueError(f"{path}:1: no DocBin ({error})") from None
        for i, doc in enumerate(docbin.get_docs(Vocab()), start=1):
            place = f"{path}: doc {i}"
            name = prefixed(prefix, str(i))
            example = report.attempt(
                place, from_doc, doc, name, place, report, self.group
            )
            if example:
                yield example

    def write(self, examples: Iterable[Example], path: Path, report: Report) -> int:
        from spacy.tokens import DocBin

        from phantom.formats.docs import Alignment, to_doc
        from phantom.runtime import token_pipeline

        nlp = token_pipeline(self.lang)
        docbin = DocBin(store_user_data=True)
        for example in examples:
            lost = Alignment()
            docbin.add(to_doc(nlp, example, lost))
            report.leave_out(
                "mention that does not end on tokens", example.id, len(lost.mentions)
            )
            report.leave_out("relation of such a mention", example.id, lost.relations)
        with replace_file(path) as temporary:
            docbin.to_disk(temporary)
        return len(docbin)

    @staticmethod
    def recognise_file(path: Path, head: str) -> bool:
        return path.suffix == ".spacy"
