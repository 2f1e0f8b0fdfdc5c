"""Pipelines of the speed benchmark: one set of weights in several forms."""

import io
import tempfile
from pathlib import Path
from typing import Any

import spacy
from recorded import read_recorded
from spacy.language import Language
from spacy.util import load_model_from_config

from phantom.corpora.docbin import to_doc, write_docbin
from phantom.records import Example
from phantom.runtime import register_components
from phantom.training.loop import train

ROOT = Path(__file__).resolve().parents[1]
TRAINED = ROOT / "training" / "medicine" / "model-best"
BENCHMARKS = ROOT / "assets" / "benchmarks"
STOCK = "spacy-transformers.TransformerModel.v3"
STOCK_KEYS = ("name", "get_spans", "tokenizer_config", "transformer_config")


def find_pipeline(path: Path | None, steps: int) -> tuple[Path, str]:
    """The trained pipeline, or one that is trained for a few steps here.

    path (Optional[Path]): A pipeline; None looks in `training/medicine`.
    steps (int): Optimizer steps where none is found.
    RETURNS (Tuple[Path, str]): Its folder, and where it comes from.
    """
    if path is None and TRAINED.is_dir():
        path = TRAINED
    if path is not None:
        return path, str(path)
    folder = Path(tempfile.mkdtemp(prefix="phantom-speed-"))
    nlp = spacy.blank("en")
    examples = read_recorded()
    docs = [to_doc(nlp, example) for example in examples]
    write_docbin(folder / "train.spacy", docs[40:], nlp.vocab)
    write_docbin(folder / "dev.spacy", docs[:40], nlp.vocab)
    overrides = {
        "paths.train": str(folder / "train.spacy"),
        "paths.dev": str(folder / "dev.spacy"),
        "paths.labels": str(folder),
        "training.max_steps": steps,
        "training.eval_frequency": steps,
    }
    config = ROOT / "configs" / "train.cfg"
    out = io.StringIO()
    best = train(config, folder / "model", overrides, stdout=out, stderr=out)
    return best, f"no pipeline at hand: trained for {steps} steps on the recording"


def load_variant(path: Path, variant: str) -> Language:
    """Load a pipeline as "stock", "fp32", "bf16" or "int8".

    "stock" has the same weights under spacy-transformers' architecture and defaults.
    """
    register_components()
    if variant != "stock":
        model: dict[str, Any] = {"precision": variant}
        return spacy.load(
            path, config={"components": {"transformer": {"model": model}}}
        )
    fp32 = load_variant(path, "fp32")
    config = fp32.config.copy()
    model = config["components"]["transformer"]["model"]
    config["components"]["transformer"]["model"] = stock_model(model)
    nlp = load_model_from_config(config).from_bytes(fp32.to_bytes())
    # spacy-transformers' default: larger batches have more padding there.
    nlp.get_pipe("transformer").cfg["max_batch_items"] = 4096  # type: ignore[attr-defined]
    return nlp


def stock_model(model: dict[str, Any]) -> dict[str, Any]:
    """The config of an encoder of ours under spacy-transformers' architecture.

    That one would look for an installed package's name on the hub, so it gets a path.
    """
    kept = {key: model[key] for key in STOCK_KEYS if key in model}
    find_encoder = register_components()["encoder_place"].find_encoder
    kept["name"] = find_encoder(kept["name"])
    return {"@architectures": STOCK, **kept}


def read_texts(benchmarks: Path) -> tuple[list[str], list[Example], str]:
    """Raw texts, and the examples whose entities are known.

    benchmarks (Path): Folder of the benchmark data.
    RETURNS (Tuple[List[str], List[Example], str]): Texts, gold, their name.
    """
    ncbi = benchmarks / "ncbi_disease" / "dev.jsonl"
    if ncbi.exists():
        lines = ncbi.read_text(encoding="utf-8").splitlines()
        gold = [Example.model_validate_json(line) for line in lines]
        return [example.text for example in gold], gold, "NCBI disease, dev"
    gold = read_recorded()[:900]
    return [example.text for example in gold], gold, "recording (no NCBI data here)"


def entity_f1(nlp: Language, gold: list[Example]) -> float:
    """Strict micro F1 over the labels that the gold has, in points."""
    labels = {entity.label for example in gold for entity in example.entities}
    hits = total = 0
    docs = nlp.pipe([example.text for example in gold], batch_size=128)
    for example, doc in zip(gold, docs, strict=True):
        known = {(e.start, e.end, e.label) for e in example.entities}
        found = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        found = {entity for entity in found if entity[2] in labels}
        hits += len(known & found)
        total += len(known) + len(found)
    return 200 * hits / max(total, 1)
