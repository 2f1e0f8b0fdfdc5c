"""Where training text comes from: what may enter a corpus, and what is in one."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phantom.packs.benchmarks import Dataset, require_trainable
from phantom.records import Record, move_provenance

if TYPE_CHECKING:
    from spacy.training import Example

_FIELDS = frozenset({"origin", "weight", "model", "derived_from", "labelled_by"})


@dataclass(frozen=True)
class Permits:
    """Real text that may enter training; without any, none may.

    public (Mapping[str, Dataset]): The benchmark map; `train` there decides.
    private (Container[str]): Sources that the user declared fit for training.
    declared (Container[str]): So sources of public text that no map names, as a person
        has read their licence.
    """

    public: Mapping[str, Dataset] = field(default_factory=dict)
    private: Container[str] = ()
    declared: Container[str] = ()


class OriginCounts(Record):
    """What a corpus is made of.

    examples (int): Passages; synthetic, public, private (int): of which origin.
    unknown (int): Passages that don't say.
    varied (int): Passages made from others of the corpus.
    models (Dict[str, int]): Passages by the model that wrote them.
    labellers (Dict[str, int]): Real passages by the model that labelled them; people
        labelled the others.
    sources (Dict[str, int]): Real passages by data set or folder.
    """

    examples: int = 0
    synthetic: int = 0
    public: int = 0
    private: int = 0
    unknown: int = 0
    varied: int = 0
    models: dict[str, int] = {}
    labellers: dict[str, int] = {}
    sources: dict[str, int] = {}

    def plus(self, other: "OriginCounts") -> "OriginCounts":
        """The counts of both corpora together."""
        sums: dict[str, Any] = {}
        for key, value in self:
            more = getattr(other, key)
            if isinstance(value, dict):
                names = {**value, **more}
                sums[key] = {x: value.get(x, 0) + more.get(x, 0) for x in names}
            else:
                sums[key] = value + more
        return OriginCounts(**sums)

    def bare(self) -> "OriginCounts":
        """Without names of models, labellers and sources."""
        return self.model_copy(update={"models": {}, "labellers": {}, "sources": {}})


def admit(provenance: Mapping[str, Any], permits: Permits) -> None:
    """Let a passage into a corpus, or refuse it.

    provenance (Mapping[str, Any]): `user_data["example"]` of its doc.
    RAISES: ValueError if it does not say where it comes from, is public and its data
        set must not train what is shipped, or is private and nobody declared its
        source.
    """
    said = read_provenance(provenance)
    name, origin = said.get("id", "a passage"), said.get("origin", "synthetic")
    sources = said.get("sources") or ()
    if origin == "synthetic":
        if not said.get("model") and not said.get("derived_from"):
            raise ValueError(
                f"{name}: does not say which model wrote it, so it may be real text; "
                'give it a "model", or the "origin" and "sources" that it has'
            )
    elif not sources:
        raise ValueError(
            f"{name}: {origin} text that names no source; add `sources`, or take it out"
        )
    elif origin == "public":
        for source in sources:
            if source in permits.declared:
                continue
            if source not in permits.public:
                raise ValueError(
                    f"{name}: public text of {source!r}, which no benchmarks.yml "
                    "permits for training; add the data set with its licence there"
                )
            require_trainable(source, permits.public[source])
    else:
        for source in sources:
            if source not in permits.private:
                raise ValueError(
                    f"{name}: private text of {source!r}, which nobody declared fit "
                    "for training; declare it with --train-on-private, or take it out"
                )


def read_provenance(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """What `user_data["example"]` of a doc says, of earlier versions too."""
    said: dict[str, Any] = move_provenance(dict(provenance), _FIELDS)
    return said


def count_corpus(examples: "Iterable[Example]") -> OriginCounts:
    """Count what a corpus is made of.

    examples (Iterable[Example]): As spaCy trains on; a reference without
        `user_data["example"]` counts as unknown.
    """
    return count_passages(x.reference.user_data.get("example") for x in examples)


def count_passages(passages: Iterable[Mapping[str, Any] | None]) -> OriginCounts:
    """Count passages by what `user_data["example"]` of their docs says."""
    counts: Counter[str] = Counter()
    models: Counter[str] = Counter()
    labellers: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    for passage in passages:
        counts["examples"] += 1
        if not passage:
            counts["unknown"] += 1
            continue
        said = read_provenance(passage)
        counts[said.get("origin", "synthetic")] += 1
        counts["varied"] += bool(said.get("derived_from"))
        if said.get("model"):
            models[said["model"]] += 1
        if said.get("labelled_by"):
            labellers[said["labelled_by"]] += 1
        sources.update(said.get("sources") or ())
    return OriginCounts(
        **counts,
        models=dict(sorted(models.items())),
        labellers=dict(sorted(labellers.items())),
        sources=dict(sources),
    )
