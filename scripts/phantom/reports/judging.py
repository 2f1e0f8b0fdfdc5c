"""The check for wrong labels beside an LLM as the judge, on the same planted faults."""

from collections.abc import Sequence

from phantom.checks import CheckContext, load_config
from phantom.checks.engine.base import CheckSkipped
from phantom.checks.engine.corpus import Corpus
from phantom.checks.label_errors import find_suspects
from phantom.curation.judge import Judged, Planted, Worth, measure_worth
from phantom.features import Encoder
from phantom.packs.pack import Pack
from phantom.packs.rubric import Rubric
from phantom.records import Example

LABELS = "labels"
# Fewer passages teach the check's model nothing.
LEAST = 50


def measure_label_errors(
    pack: Pack,
    rubric: Rubric,
    examples: Sequence[Example],
    trial: Planted,
    seed: int = 0,
) -> Worth:
    """What the model-based check is worth on planted faults of labels.

    It reads the whole corpus, with each planted passage in the place of the one that
    it was made from; a passage with any doubt counts as denied. Of relations it says
    nothing.

    RAISES: CheckSkipped if there are too few passages, or no criterion "labels".
    """
    if LABELS not in rubric.criteria:
        raise CheckSkipped(f"judge.yml asks nothing of {LABELS}")
    made = {str(x.meta.get("of", x.id)): x for x in trial.examples}
    there = {x.id for x in examples}
    passages = [made.get(x.id, x) for x in examples]
    passages += [x for name, x in made.items() if name not in there]
    if len(passages) < LEAST:
        raise CheckSkipped(f"needs {LEAST} passages or more, has {len(passages)}")
    context = CheckContext(pack, load_config(pack.path), encoder=Encoder(), seed=seed)
    corpus = Corpus(passages)
    doubts = find_suspects(corpus, context, "dynamics", folds=5)
    doubted = {corpus[x.passage].id for x in doubts.suspects}
    judged = {
        x.id: Judged(
            id=x.id,
            votes=({c: c != LABELS or x.id not in doubted for c in rubric.criteria},),
        )
        for x in trial.examples
    }
    worth = measure_worth(judged, trial.criteria, rubric)
    return next(x for x in worth if x.criterion == LABELS)
