"""Measures of the speed benchmark: words per second, memory, growth."""

import gc
import math
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import torch
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

STATUS = Path("/proc/self/status")
Timings = dict[str, list[float]]


def interleave(
    runs: dict[str, Callable[[], int]],
    repeats: int,
    budget: float,
    clock: Callable[[], float],
) -> Timings:
    """Run each in turn, round by round, so that a busy machine slows all alike.

    runs (Dict[str, Callable]): Each does the work once and returns its words.
    budget (float): Seconds after which no further round begins; there is always one.
    clock (Callable): Wall clock, or CPU time where others use the machine.
    RETURNS (Dict[str, List[float]]): Words per second by name, one per round.
    """
    begin = time.perf_counter()
    for run in runs.values():
        run()
    rates: Timings = {name: [] for name in runs}
    for i in range(repeats):
        if i and time.perf_counter() - begin > budget:
            break
        names = list(runs)
        random.Random(i).shuffle(names)
        for name in names:
            gc.collect()
            start = clock()
            words = runs[name]()
            rates[name].append(words / (clock() - start))
    return rates


def ratio(rates: Timings, name: str, base: str) -> float:
    """Median over the rounds of how much quicker `name` is than `base`."""
    pairs = zip(rates[name], rates[base], strict=True)
    return statistics.median(a / b for a, b in pairs)


def pipe_words(nlp: Language, texts: list[str], batch_size: int = 128) -> int:
    """Send raw texts through a pipeline. RETURNS (int): Tokens."""
    return sum(len(doc) for doc in nlp.pipe(texts, batch_size=batch_size))


def bare_encoder(
    nlp: Language, texts: list[str], size: int, precision: str
) -> Callable[[], int]:
    """The encoder's forward pass alone, on sorted batches made beforehand.

    nlp (Language): Gives Hugging Face model, tokenizer and the count of words.
    size (int): Wordpieces of a batch, padding included.
    precision (str): "bf16" or "fp32".
    """
    model = nlp.get_pipe("transformer").model  # type: ignore[attr-defined]
    encoder, backend = model.transformer, model.tokenizer.backend_tokenizer
    backend.no_padding()
    rows = sorted((e.ids for e in backend.encode_batch(texts)), key=len)
    batches: list[list[list[int]]] = [[]]
    for row in rows:
        if batches[-1] and (len(batches[-1]) + 1) * len(row) > size:
            batches.append([])
        batches[-1].append(row)
    inputs = []
    for batch in batches:
        width = len(batch[-1])
        ids = torch.tensor([row + [0] * (width - len(row)) for row in batch])
        lengths = torch.tensor([len(row) for row in batch])
        inputs.append((ids, (torch.arange(width) < lengths[:, None]).long()))
    words = sum(len(nlp.make_doc(text)) for text in texts)

    def run() -> int:
        encoder.eval()
        bf16 = precision == "bf16"
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, bf16):
            for ids, mask in inputs:
                encoder(input_ids=ids, attention_mask=mask)
        return words

    return run


def token_classifier(nlp: Language, texts: list[str]) -> Callable[[], int]:
    """Hugging Face's token-classification pipeline on the same encoder, fp32."""
    from transformers import BertForTokenClassification, pipeline

    model = nlp.get_pipe("transformer").model  # type: ignore[attr-defined]
    classifier = BertForTokenClassification(model.transformer.config)
    classifier.bert.load_state_dict(model.transformer.state_dict(), strict=False)
    run = pipeline("token-classification", classifier, tokenizer=model.tokenizer)
    words = sum(len(nlp.make_doc(text)) for text in texts)

    def run_all() -> int:
        run(texts, batch_size=32)
        return words

    return run_all


def trainer(nlp: Language, docs: list[Doc], batch: int) -> Callable[[], int]:
    """Optimizer steps on batches of gold docs, from the weights as they are.

    batch (int): Docs of a step.
    """
    optimizer = nlp.resume_training()
    optimizer.learn_rate = 1e-6

    def run() -> int:
        for start in range(0, len(docs), batch):
            part = docs[start : start + batch]
            examples = [Example(nlp.make_doc(doc.text), doc) for doc in part]
            nlp.update(examples, sgd=optimizer, drop=0.1)
        return sum(map(len, docs))

    return run


def peak_memory(
    run: Callable[[], Any], clock: Callable[[], float]
) -> tuple[float, float | None]:
    """RETURNS (Tuple[float, Optional[float]]): Seconds, and MB of resident memory at
    the peak over what there was before; None where the kernel can't say."""
    gc.collect()
    before = None
    try:
        Path("/proc/self/clear_refs").write_text("5")
        before = _status("VmRSS")
    except OSError:
        pass
    start = clock()
    run()
    seconds = clock() - start
    return seconds, None if before is None else (_status("VmHWM") - before) / 1024


def resident() -> float:
    """RETURNS (float): MB of memory that this process holds now."""
    return _status("VmRSS") / 1024


def _status(key: str) -> float:
    lines = STATUS.read_text(encoding="utf-8").splitlines()
    return float(next(line for line in lines if line.startswith(key)).split()[1])


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Slope of log time over log size by least squares: 1 is linear."""
    x, y = ([math.log(value) for value in values] for values in (sizes, seconds))
    return float(numpy.polyfit(x, y, 1)[0])
