"""Runs in a bare environment, away from the project: do the wheels load and work?

    python probe.py TEXT_FILE PACKAGE [PACKAGE ...]

Imports nothing of phantom. Prints one JSON object: what each pipeline found.
"""

import json
import sys
from pathlib import Path

import spacy
from spacy.tokens import Doc


def main(text: str, packages: list[str]) -> dict[str, list[str]]:
    """Load every package in this one process and try it in all the usual ways."""
    pipelines = {name: spacy.load(name) for name in packages}
    found = {}
    for name, nlp in pipelines.items():
        doc = nlp(text)
        expected = describe(doc)
        texts = [text, "", " ", text]
        # int8 rounds by batch: a text alone may rarely get another entity.
        int8 = nlp.meta.get("precision") == "int8"
        piped = describe(next(nlp.pipe(texts))) if int8 else expected
        for n_process in (1, 2):
            docs = list(nlp.pipe(texts, n_process=n_process))
            results = [describe(docs[0]), describe(docs[3])]
            assert results == [piped, piped], (name, n_process)
            assert not docs[1].ents and not docs[1]._.relations
        back = Doc(nlp.vocab).from_bytes(doc.to_bytes())
        assert describe(back) == expected, name
        same = spacy.load(name).from_bytes(nlp.to_bytes())
        assert describe(same(text)) == expected, name
        found[name] = expected
    return found


def describe(doc: Doc) -> list[str]:
    """Entities and relations of a doc, one line each."""
    lines = [f"{ent.text} [{ent.label_}]" for ent in doc.ents]
    for relation in doc._.relations or []:
        head, tail = (doc[slice(*relation[end])].text for end in ("head", "tail"))
        lines.append(f"{head} -{relation['label']}-> {tail}")
    return lines


if __name__ == "__main__":
    sample = Path(sys.argv[1]).read_text(encoding="utf-8")
    print(json.dumps(main(sample, sys.argv[2:])))
