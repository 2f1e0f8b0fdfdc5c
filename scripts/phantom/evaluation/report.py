"""What the files of scores hold: `metrics/<run>.json`, key by key."""

from typing import Literal

from phantom.evaluation.gaps import Gap
from phantom.records import Record

Interval = tuple[float, float]


class Score(Record):
    """Counts and scores of one label, or of all of a task together, as fractions.

    p (float): Precision. r (float): Recall. f (float): F1.
    mcc (Optional[float]): Matthews correlation; relations, concepts and pairs have it.
    accuracy (Optional[float]): Over all pairs, "none" counted; `micro` of pairs has it.
    p_ci, r_ci, f_ci, mcc_ci, accuracy_ci (Optional[Interval]): 95% interval,
        [low, high]; left out with --resamples 0.
    tp (Optional[int]): True positives; `micro` of pairs has none of the four.
    fp (Optional[int]): False positives. fn (Optional[int]): False negatives.
    tn (Optional[int]): True negatives; entities have none.
    support (int): Gold. predicted (int): Found.
    records (Optional[int]): Pairs that were asked for; `micro` of pairs has it.
    """

    p: float
    r: float
    f: float
    mcc: float | None = None
    accuracy: float | None = None
    p_ci: Interval | None = None
    r_ci: Interval | None = None
    f_ci: Interval | None = None
    mcc_ci: Interval | None = None
    accuracy_ci: Interval | None = None
    tp: int | None = None
    fp: int | None = None
    fn: int | None = None
    tn: int | None = None
    support: int
    predicted: int
    records: int | None = None


class SystemScores(Record):
    """The scores of one system in one task.

    micro (Score): Over all labels.
    labels (Dict[str, Score]): By label as the benchmark map names it.
    """

    micro: Score
    labels: dict[str, Score]


class Compared(Record):
    """The pipeline and its baselines on the same records.

    systems (Dict[str, SystemScores]): "pipeline" (predictions of a file, too), and
        baselines by name.
    """

    systems: dict[str, SystemScores]


class Recall(Record):
    """Recall on some of the gold mentions.

    r (Optional[float]): Left out where there are none.
    r_ci (Optional[Interval]): 95% interval, [low, high].
    support (int): How many there are.
    """

    r: float | None = None
    r_ci: Interval | None = None
    support: int


class Seen(Record):
    """Recall on mentions that training data taught, and on the others.

    seen (Recall): Their surface bears the label in the training data, in any case.
    unseen (Recall): It does not.
    """

    seen: Recall
    unseen: Recall


class EntityScores(Compared):
    """Entities: start, end and label are right.

    systems (Dict[str, SystemScores]): "pipeline" and the dictionaries.
    seen (Dict[str, Seen]): Under "micro" and by label.
    """

    seen: dict[str, Seen]


class RelationScores(Record):
    """Triples of two exact spans and a label.

    end_to_end (Compared): Entities are found, too.
    given_entities (Compared): Between gold entities.
    """

    end_to_end: Compared
    given_entities: Compared


class PairScores(Record):
    """One relation or none for each given pair.

    given_pairs (Compared): The direction of a related pair is given.
    direction_predicted (Optional[Compared]): It is not; where mentions are untyped.
    """

    given_pairs: Compared
    direction_predicted: Compared | None = None


class ConceptScores(Record):
    """Pairs of concepts, sets per record.

    given_entities (Compared): Between gold entities.
    """

    given_entities: Compared


class Resampled(Record):
    """What the bootstrap draws.

    unit (str): "record", "text", or a key of `meta`, such as the document's.
    count (int): How many units there are.
    """

    unit: str
    count: int


class Seconds(Record):
    """What it took on this machine.

    predict (float): Reading the texts. score (float): Counting, with intervals.
    """

    predict: float
    score: float


class SplitReport(Record):
    """Records of one file.

    use (Literal["dev", "test"]): As the benchmark map says.
    note (str): Of the benchmark map.
    records (int): Read and predicted.
    resampled (Resampled): What intervals are drawn over.
    gold_entities (int): In these records.
    unaligned_entities (int): Of those, not on token bounds: they can't be found.
    without_prediction (int): Records of which a file of predictions has nothing.
    entities (Optional[EntityScores]): Where the data set has that task; so do the rest.
    relations (Optional[RelationScores]): Triples of two mentions and a label.
    pairs (Optional[PairScores]): A relation or none for given pairs.
    concepts (Optional[ConceptScores]): Pairs of concept ids.
    seconds (Seconds): What it took.
    """

    use: Literal["dev", "test"] | None
    note: str
    records: int
    resampled: Resampled
    gold_entities: int
    unaligned_entities: int
    without_prediction: int
    entities: EntityScores | None = None
    relations: RelationScores | None = None
    pairs: PairScores | None = None
    concepts: ConceptScores | None = None
    seconds: Seconds


class DatasetReport(Record):
    """One data set of benchmarks.yml, or the domain's own synthetic dev data.

    title, licence, train, tasks, notes: As in benchmarks.yml.
    absent (List[str]): Splits without a file.
    not_evaluated (List[str]): Splits that `use` and `--split` leave out.
    not_predicted (List[str]): Splits without a record, or none that was predicted.
    splits (Dict[str, SplitReport]): By name.
    """

    title: str
    licence: str
    train: Literal["allowed", "forbidden"]
    tasks: list[str]
    notes: list[str]
    absent: list[str]
    not_evaluated: list[str]
    not_predicted: list[str]
    splits: dict[str, SplitReport]


class Metrics(Record):
    """The file as a whole.

    domain (str): The pack's name.
    name (str): What the predictions are called.
    source (str): Path of the pipeline, or of the file of predictions.
    precision (Optional[str]): In which the encoder predicted, such as "bf16".
    split (str): "dev", "test" or "all".
    limit (Optional[int]): Records per split, in a trial.
    resamples, seed (int): Of the bootstrap.
    training_surfaces (int): Distinct pairs of label and surface in the training data.
    predictions_without_record (int): Lines of --predictions that match no record.
    datasets (Dict[str, DatasetReport]): "synthetic_dev", or a key of benchmarks.yml.
    gaps (List[Gap]): Synthetic dev beside each real split; empty without both.
    """

    domain: str
    name: str
    source: str
    precision: str | None
    split: Literal["dev", "test", "all"]
    limit: int | None
    resamples: int
    seed: int
    training_surfaces: int
    predictions_without_record: int
    datasets: dict[str, DatasetReport]
    gaps: list[Gap] = []
