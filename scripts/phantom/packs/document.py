"""What a pack gives to the components that read whole documents."""

from functools import partial
from typing import Any

import srsly
from spacy.language import Language

from phantom.packs.language import load_language
from phantom.packs.pack import Pack
from phantom.packs.tables import read_table
from phantom.runtime import register_components

# In their order in a pipeline. The first stands before the relations are read, which
# then are those of the mentions that it leaves.
COMPONENTS = ("abbreviations", "sections", "sentences", "context", "concepts")
RELATIONS = "relation_extractor"


def add_document_components(nlp: Language, pack: Pack | None) -> list[str]:
    """Add the components for documents that a pipeline lacks, and enable all of them.

    pack (Optional[Pack]): Its headings, phrases and lexicons; None takes the headings
        and phrases of the pipeline's language.
    RETURNS (List[str]): The names of those added.
    """
    register_components()
    settings = read_settings(pack, nlp.lang or "xx")
    added = []
    for name in COMPONENTS:
        if name in nlp.component_names:
            if name not in nlp.pipe_names:
                nlp.enable_pipe(name)
            continue
        place: dict[str, Any] = {}
        if name == COMPONENTS[0] and RELATIONS in nlp.component_names:
            place["before"] = RELATIONS
        pipe: Any = nlp.add_pipe(name, config=settings.get(name, {}), **place)
        if name == "concepts" and pack:
            for label in pack.domain.lexicons:
                pipe.add_names(label, read_ids(pack, label))
        added.append(name)
    return added


def score_alone(nlp: Language) -> None:
    """Have each pair of mentions keep its own score.

    Else pairs of the same two names share one. That is learnt on passages of few
    sentences; over a document, places that say nothing outvote the one that does.
    """
    if RELATIONS not in nlp.pipe_names:
        return
    model: Any = getattr(nlp.get_pipe(RELATIONS), "model", None)
    function = getattr(model, "_func", None)
    if function and "share_names" in getattr(function, "keywords", {}):
        model._func = partial(function, share_names=False)


def read_settings(pack: Pack | None, lang: str = "xx") -> dict[str, dict[str, Any]]:
    """Settings of the components by name, from the pack's language.

    lang (str): The language where there is no pack.
    """
    if pack is None:
        data = load_language(lang)
    else:
        data = load_language(pack.domain.lang, pack.path)
    names = data.inflections
    return {
        "abbreviations": {"borrowed": data.borrowed, "endings": names.short},
        "sections": {"headings": data.headings},
        "sentences": {"unended": data.unended},
        "context": srsly.json_loads(data.context.model_dump_json()),
        "concepts": {"inflections": {**names.of_words(), "genitive": names.genitive}},
    }


def read_ids(pack: Pack, label: str) -> list[tuple[str, str]]:
    """All names of a label's lexicons with their ids, "" for none, in file order."""
    return [
        (row["name"], row.get("id", ""))
        for lexicon in pack.domain.lexicons.get(label, [])
        for row in read_table(pack.path / lexicon.file, ["name"], ["name"])
    ]
