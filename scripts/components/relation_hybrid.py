"""The reader `phantom.HybridCorpus.v1`: several sources, mixed over training."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Optional

from spacy.language import Language
from spacy.training import Example
from spacy.util import registry

Schedule = Literal["mixed", "anneal", "synthetic_then_real", "real_then_synthetic"]


@registry.readers("phantom.HybridCorpus.v1")
def make_hybrid_corpus(
    sources: dict[str, dict[str, Any]],
    schedule: Schedule = "mixed",
    words: int = 800_000,
    start: float = 0.0,
    end: float = 1.0,
    keep: Optional[float] = None,
    balance: Optional[str] = None,
    rank: Optional[str] = None,
    hardest_first: bool = False,
    seed: int = 0,
    max_length: int = 0,
    limit: int = 0,
    log: Optional[str | Path] = None,
) -> "HybridCorpus":
    """Draw examples from several DocBins, in shares that change over training.

    The stream has no end and needs `training.max_epochs = -1`; what is drawn depends
    on the seed alone. Its first examples bear each label once, since spaCy initialises
    on the first hundred of a stream.

    sources (Dict[str, Dict[str, Any]]): By name: `path`; `kind`, one of synthetic,
        augmented, public, private, reviewed, llm_labelled, if the name is none;
        `weight`, the source's part of what is drawn, however few its docs (1); with
        anneal `final`, its weight at the end; `optional`, if the file may be absent.
    schedule (str): "mixed" keeps the weights. "anneal" goes from `weight` to `final`.
        "synthetic_then_real" and "real_then_synthetic" begin with one kind and bring
        in the other.
    words (int): Tokens drawn in all while the schedule lasts, about the steps times
        the size of a batch; what comes after stays as the end was.
    start, end (float): Part of `words` at which weights begin and cease to change.
    keep (Optional[float]): Part of its weight that the kind which came first keeps;
        None: nothing if it is synthetic, all if it is real.
    balance (Optional[str]): Key of `user_data["example"]`, such as "meta.kind", whose
        values are drawn equally often within a source that has it.
    rank (Optional[str]): Key of a number there, or "length": docs come in from the
        lowest up; a fifth at the start, all at the end. Docs without come at once.
    hardest_first (bool): From the highest down.
    max_length (int): As in `phantom.RelationCorpus.v1`.
    limit (int): End after so many examples, so that epochs can be counted; 0 never.
    log (Optional[Union[str, Path]]): JSON lines of what was drawn when.
    RETURNS (Callable): From the pipeline to examples.
    """
    return HybridCorpus(
        registry.misc.get("phantom.CheckSources.v1")(sources, schedule, keep),
        words=registry.misc.get("phantom.CheckPositive.v1")("words", words),
        ramp=check_ramp(start, end),
        schedule=schedule,
        balance=balance,
        rank=rank,
        hardest_first=hardest_first,
        seed=seed,
        max_length=max_length,
        limit=limit,
        log=log,
    )


def check_ramp(start: float, end: float) -> tuple[float, float]:
    """RAISES: ValueError unless 0 <= start <= end <= 1."""
    if not 0 <= start <= end <= 1:
        raise ValueError(
            f"start {start} and end {end}: give parts from 0 to 1 in order"
        )
    return start, end


class HybridCorpus:
    """See `make_hybrid_corpus`."""

    def __init__(self, sources: dict[str, dict[str, Any]], **settings: Any) -> None:
        self.sources = sources
        self.settings = settings
        self.pools: dict[str, list[Example]] = {}
        self.vocab: Any = None

    def __call__(self, nlp: Language) -> Iterator[Example]:
        """Draw from the beginning on, each time anew."""
        self._check_epochs(nlp.config["training"]["max_epochs"])
        self.read(nlp)
        yield from islice(self._draw(), self.settings["limit"] or None)

    def read(self, nlp: Language) -> list[Example]:
        """All examples of all sources, read once for a pipeline."""
        if self.vocab is not nlp.vocab:
            make = registry.readers.get("phantom.RelationCorpus.v1")
            length = self.settings["max_length"]
            for name, source in self.sources.items():
                examples = list(make(source["path"], max_length=length)(nlp))
                registry.misc.get("phantom.CheckOrigins.v1")(
                    name, source["kind"], examples
                )
                self.pools[name] = examples
            self.vocab = nlp.vocab
        return [example for pool in self.pools.values() for example in pool]

    def progress(self, words: int) -> float:
        """How far weights have gone from start to end, 0 to 1, after so many words."""
        start, end = self.settings["ramp"]
        part = words / self.settings["words"]
        if start == end:
            return float(part >= end)
        return min(1.0, max(0.0, (part - start) / (end - start)))

    def shares(self, words: int) -> dict[str, float]:
        """The part of each source in what is drawn after so many words."""
        done = self.progress(words)
        weights = {
            name: (1 - done) * source["begin"] + done * source["finish"]
            for name, source in self.sources.items()
        }
        total = sum(weights.values())
        return {name: weight / total for name, weight in weights.items()}

    def _draw(self) -> Iterator[Example]:
        make_pool = registry.misc.get("phantom.SourcePool.v1")
        keys = ("seed", "balance", "rank", "hardest_first")
        settings = {key: self.settings[key] for key in keys}
        pools = {}
        has_key = registry.misc.get("phantom.HasKey.v1")
        known = {
            key: {x: has_key(pool, settings[key]) for x, pool in self.pools.items()}
            for key in ("balance", "rank")
        }
        for name, pool in self.pools.items():
            # A source without the key is drawn as it is beside one that has it.
            plain = {
                key: None
                for key, found in known.items()
                if any(found.values()) and not found[name]
            }
            pools[name] = make_pool(name, pool, **{**settings, **plain})
        make_tally = registry.misc.get("phantom.DrawTally.v1")
        tally = make_tally(self.settings["log"], self.settings["words"], list(pools))
        for name, example in self._cover():
            tally.add(name, example)
            yield example
        credit = dict.fromkeys(pools, 0.0)
        while True:
            # The source that is furthest behind its share is drawn from.
            for name, share in self.shares(tally.words).items():
                credit[name] += share
            name = max(credit, key=lambda x: credit[x])
            credit[name] -= 1
            example = pools[name].draw(self.progress(tally.words))
            tally.add(name, example)
            yield example

    def _cover(self) -> Iterator[tuple[str, Example]]:
        """Few examples that bear each label, of the sources drawn first if they can."""
        seen: set[str] = set()
        for name in sorted(self.pools, key=lambda x: -self.sources[x]["begin"]):
            for example in self.pools[name]:
                doc = example.reference
                labels = {ent.label_ for ent in doc.ents}
                labels |= {relation["label"] for relation in doc._.relations or ()}
                if labels - seen:
                    seen |= labels
                    yield name, example

    def _check_epochs(self, max_epochs: int) -> None:
        limit, schedule = self.settings["limit"], self.settings["schedule"]
        if max_epochs >= 0 and not (limit and schedule == "mixed"):
            raise ValueError(
                f"phantom.HybridCorpus.v1: training.max_epochs is {max_epochs}, with "
                "which spaCy reads all of a corpus and shuffles it; set it to -1, and "
                "max_steps to where training ends, or for the schedule 'mixed' alone "
                "set `limit` to the examples of an epoch"
            )
