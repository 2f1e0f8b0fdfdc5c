"""What checks need beside the corpus: pack, settings, real text, the encoder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from phantom.checks.engine.base import CheckSkipped
from phantom.checks.engine.config import DATA, ChecksConfig
from phantom.features import Encoder
from phantom.packs.language import LanguageData, load_language
from phantom.packs.lexicons import read_names
from phantom.packs.pack import Pack
from phantom.packs.swaps import language_table
from phantom.packs.tables import read_table
from phantom.passages.files import read_texts
from phantom.records import Example


@dataclass
class CheckContext:
    """Everything a check may read.

    pack (Pack): The domain pack.
    config (ChecksConfig): Its checks.yml over the defaults.
    benchmarks (List[Path]): Files whose text must not be in the corpus (.jsonl).
    real (List[Path]): Unlabelled real text to compare the corpus with.
    private (List[Path]): The user's own text; it must not come out again.
    undeclared (List[Path]): Real text that nobody declared public; nor must that.
    holdout (List[Path]): More of the user's text, that no prompt ever saw.
    canaries (List[str]): Strings planted in the private text.
    withheld (str): Why numbers that follow from the real text may not be written to
        single passages; "" if they may.
    encoder (Optional[Encoder]): Loaded on first use; None switches models off.
    seed (int): For samples and folds.
    vectors (Dict[str, ndarray]): Unit sentence vectors that are known, by text.
    """

    pack: Pack
    config: ChecksConfig
    benchmarks: Sequence[Path] = ()
    real: Sequence[Path] = ()
    private: Sequence[Path] = ()
    undeclared: Sequence[Path] = ()
    holdout: Sequence[Path] = ()
    canaries: Sequence[str] = ()
    withheld: str = ""
    encoder: Encoder | None = None
    seed: int = 0
    vectors: dict[str, np.ndarray] = field(default_factory=dict, init=False)

    def table(self, name: str, columns: list[str]) -> list[dict[str, str]]:
        """Rows of a word list: the pack's own alone; else those that hold in any
        language, then those of the pack's language.

        RAISES: CheckSkipped if checks.yml names no such table, or none is there.
        """
        file = self.config.tables.get(name)
        if file is None:
            raise CheckSkipped(f"checks.yml: tables: no {name!r} table is named")
        own, ours = self.pack.path / file, language_table(self.pack, file)
        paths = [own] if own.is_file() else [DATA / file, ours]
        present = [path for path in paths if path.is_file()]
        if not present and any(ours.parent.glob(f"*_{file}")):
            raise CheckSkipped(f"no {ours.name} in phantom/packs/data, nor {own}")
        return [row for path in present or [own] for row in read_table(path, columns)]

    def require_encoder(self) -> Encoder:
        """The encoder. RAISES: CheckSkipped if models are switched off."""
        if self.encoder is None:
            raise CheckSkipped("needs the encoder; run without --no-model")
        return self.encoder

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Unit sentence vectors, shape (len(texts), width), remembered by text."""
        known = self.vectors
        missing = list(dict.fromkeys(t for t in texts if t not in known))
        if missing:
            rows = self.require_encoder().embed(missing)
            known.update(zip(missing, rows, strict=True))
        return np.stack([known[text] for text in texts])

    @cached_property
    def real_examples(self) -> list[Example]:
        """Unlabelled real passages. RAISES: CheckSkipped if there are none."""
        return self.read(self.real, "real text to compare with (vars.real_text)")

    @cached_property
    def language(self) -> LanguageData:
        """Word lists and sentences of the pack's language."""
        return load_language(self.pack.domain.lang, self.pack.path)

    @cached_property
    def lexicon(self) -> dict[str, list[str]]:
        """Names of the pack's lexicons by label, baseline ones only."""
        return {
            label: read_names(self.pack, label, baseline=True)
            for label in self.pack.domain.lexicons
        }

    @staticmethod
    def read(paths: Sequence[Path], what: str) -> list[Example]:
        """Passages of .jsonl or .txt (one per line) files.

        RAISES: CheckSkipped if no file is there.
        """
        present = [path for path in paths if path.is_file()]
        if not present:
            raise CheckSkipped(f"no {what}")
        return [example for path in present for example in read_texts(path)]
