"""What is done about shortcuts: hints for writers, and negatives to train on."""

import random
from collections.abc import Iterator, Sequence

from phantom.evaluation.explain.shortcut_records import Shortcut
from phantom.feedback.hints import Hint
from phantom.packs.language import LanguageData
from phantom.passages.decoys import put_in
from phantom.passages.rewrite import rewrite
from phantom.records import Example

# More notes than that no round of prompts can spread.
MOST_HINTS = 20


def hint_on_shortcuts(
    found: Sequence[Shortcut], language: LanguageData, is_real: bool
) -> Iterator[Hint]:
    """Hints to use words that carry a label where nothing bears it.

    is_real (bool): Whether the words are of text that is not synthetic.
    """
    for shortcut in [s for s in found if s.is_alone][:MOST_HINTS]:
        yield Hint(
            text=language.say(
                "shortcut", "", False, word=shortcut.word, label=shortcut.label
            ),
            check="shortcuts",
            size=round(shortcut.strength, 3),
            about=shortcut.word,
            of="word",
            quotes_real=is_real,
            from_real=is_real,
        )


def hard_negatives(
    examples: Sequence[Example], words: Sequence[str], seed: int
) -> Iterator[Example]:
    """Passages with a word put in where it means nothing; what they bear stays.

    examples (Sequence[Example]): With their gold annotation.
    words (Sequence[str]): To draw from; a passage that has the word is left out.
    """
    for example in examples if words else ():
        rng = random.Random(f"{seed}:{example.id}")
        edits = list(put_in(example, rng.choice(words), rng))
        if edits:
            yield rewrite(
                example,
                edits,
                id=f"{example.id}^decoy",
                derived_from=(example.id,),
                varied="decoys",
            )
