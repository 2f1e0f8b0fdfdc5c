"""Phantom: labelled synthetic text in, a small local spaCy pipeline out.

One room per stage of the road:

packs        a domain as checked data: labels, relations, kinds, lexicons
planning     which examples to ask for
prompts      what the language model is shown
llms         who answers: back-ends, budget, batches
completions  what was answered: journal, ledger, answers
curation     an answer becomes an example, or is rejected with a reason
checks       labels, copies, leaks, realism and balance of a corpus
augmenters   more examples from those that are there
scans        pages as images, worn out and read by OCR
corpora      train and dev corpora for spaCy
training     the training loop, with checkpoints
review       people's decisions: queue, votes, agreement
evaluation   scores beside baselines, on real and synthetic data
documents    a pipeline over many and long documents, in blocks
images       images that belong to reports, by generators of yours
pseudonyms   who is named in private text, replaced alike everywhere
attacks      what a pipeline gives away of its training text
shipping     wheels, and their trial in an empty environment
reports      pages, tables and pictures

What several of them use: `records` (what travels between steps), `passages` (functions
on one text), `formats` (foreign forms), `privacy` (what may leave), `feedback` (what
goes back to the plan); `jsonl`, `registry`, `runtime` and `features` beside the rooms.
"""

import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from pathlib import Path
from typing import Any


class _SourceLoader(SourceFileLoader):
    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Write no cache: `project run` compares whole folders, __pycache__ included,
        and would take each new cache for an edit of the library."""


def _find_source(folder: str) -> FileFinder:
    """A path hook for this folder and those below it, where it is a checkout."""
    if not Path(folder).is_relative_to(Path(__file__).parent):
        raise ImportError
    return FileFinder(folder, (_SourceLoader, SOURCE_SUFFIXES))


if (Path(__file__).parents[2] / "project.yml").is_file():
    sys.path_hooks.insert(0, _find_source)
