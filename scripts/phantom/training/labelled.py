"""Labelled text as it enters training: read, let in or refused, k of it by seed."""

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from phantom.corpora.mix import KINDS, prepare, take_some
from phantom.curation.labelling import read_labelled
from phantom.evaluation.benchmarks import map_example, read_test_texts
from phantom.evaluation.cases import resample_units
from phantom.evaluation.gold import Gold, find_gold
from phantom.formats.base import Report, read_format
from phantom.formats.exchange import guess_format
from phantom.packs.benchmarks import Dataset, load_benchmarks
from phantom.packs.pack import Pack
from phantom.records import Example

LLM = "llm_labelled"
LABELLED = ".predictions.jsonl"
Change = Callable[[Iterator[Example], Counter[str]], Iterator[Example]]


@dataclass
class LabelledText:
    """Labelled text of one file.

    examples (List[Example]): In our labels; those taken.
    found (int): How many could have been taken.
    scored (bool): `evaluate` scores the file as dev; its scores are worth nothing then.
    labels, relations (Tuple[str, ...]): Ours that it marks wherever they occur.
    left_out (Counter[str]): What is not used, by reason.
    """

    dataset: Dataset
    examples: list[Example] = field(default_factory=list)
    found: int = 0
    scored: bool = False
    labels: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    left_out: Counter[str] = field(default_factory=Counter)
    report: Report = field(default_factory=Report)

    def groups(self) -> list[str]:
        """What belongs together: records of one document or text."""
        return resample_units(self.dataset, self.examples)


def read_labelled_text(
    pack: Pack,
    path: Path,
    kind: str,
    format_: str = "",
    take: int = 0,
    seed: int = 0,
    *,
    benchmarks: Path,
    unknown: Container[str] | None = None,
    change: Change | None = None,
) -> LabelledText:
    """Read a split of a benchmark, an export, or what the LLM labelled.

    kind (str): One of `KINDS`, which says of what origin the text is.
    format_ (str): Of the catalogue; "" for a benchmark, our JSON lines, or, where
        `unknown` is given, what the file looks like.
    take (int): Only so many, drawn by seed; 0 for all.
    benchmarks (Path): Folder of the test sets, whose texts stay out.
    unknown (Optional[Container[str]]): Labels of a file of one's own that may be left
        out; any other that the domain does not have is refused. None: they go.
    change (Optional[Callable]): What becomes of the examples as read, such as what
        people decided; it counts what it leaves out.
    RAISES: ValueError if it is held out, of another origin or of unknown labels, or
        if nothing is left.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r}: use one of {', '.join(KINDS)}")
    datasets = load_benchmarks(pack).datasets
    gold = find_gold(pack, path)
    text = LabelledText(gold.dataset, scored=refuse_test(gold, path))
    read: Iterator[Example]
    if kind == LLM or path.name.endswith(LABELLED):
        figures, labelled = read_labelled(path, text.left_out)
        labelled_path = Path(figures.data)
        text.scored |= refuse_test(find_gold(pack, labelled_path), labelled_path)
        read = iter(labelled)
    elif unknown is not None and gold.origin == "private":
        format_ = format_ or guess_format(path)
        read = _read_known(pack, gold, path, format_, text, unknown)
    elif format_:
        read = gold.read_as(format_, path, text.report)
    else:
        read = gold.read(nominal=True)
    read = change(read, text.left_out) if change else read
    held_out = read_test_texts(datasets, benchmarks)
    kept = list(prepare(read, kind, gold.dataset, pack, held_out, text.left_out))
    text.found, text.examples = len(kept), take_some(kept, take, seed)
    if not text.examples:
        raise ValueError(f"{path}: no example is left to train on")
    text.labels, text.relations = find_marked(gold, kept)
    return text


def refuse_test(gold: Gold, path: Path) -> bool:
    """RETURNS: Whether `evaluate` scores the file. RAISES: ValueError for held out."""
    use = gold.dataset.splits[gold.split].use
    if use == "test" or path.name.partition(".")[0] == "test":
        raise ValueError(f"{path}: a test split is held out; train on another split")
    return use == "dev" and gold.origin == "public"


def find_marked(
    gold: Gold, examples: list[Example]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels and relations of ours that a file marks wherever they occur.

    What a benchmark marks its map says; a file of one's own marks what occurs in it.
    """
    dataset = gold.dataset
    if gold.origin == "public":
        labels = dataset.scored_labels() if "entities" in dataset.tasks else []
        maps = dataset.relations.values() if "relations" in dataset.tasks else ()
        return tuple(labels), tuple(x.ours[0] for x in maps if len(x.ours) == 1)
    found = {entity.label for x in examples for entity in x.named().entities}
    stated = {relation.label for x in examples for relation in x.relations}
    every = tuple(dataset.relations) if stated else ()
    return tuple(x for x in dataset.scored_labels() if x in found), every


def _read_known(
    pack: Pack,
    gold: Gold,
    path: Path,
    format_: str,
    text: LabelledText,
    unknown: Container[str],
) -> Iterator[Example]:
    """Records of a file of one's own, none of whose labels goes unsaid."""
    known = {*pack.labels, *pack.relations}
    for example in read_format(format_, {"file": path}, path.stem, text.report):
        labels = [entity.label for entity in example.entities]
        for label in (*labels, *(relation.label for relation in example.relations)):
            if label in unknown:
                text.left_out[f"{label}, as asked"] += 1
            elif label not in known:
                raise ValueError(
                    f"{path}: {example.id}: {label!r} is no label of {pack.name}; it "
                    f"has {', '.join((*pack.labels, *pack.relations))}\nRename it in "
                    f"the file, or leave it out with --leave-out {label}"
                )
        given = example.from_people(gold.origin, gold.name)
        yield map_example(gold.dataset, given)
    if text.report.broken:
        raise ValueError("\n".join(text.report.lines()))
