"""A tokenizer that also splits where names in technical text begin and end."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import (
    compile_infix_regex,
    compile_prefix_regex,
    compile_suffix_regex,
    registry,
)

# Letters of Latin script, German umlauts among them; Greek ones stay in their names.
CAPITAL, SMALL = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
LETTER, WORD, HYPHEN = r"[^\W\d_]", r"[^\W_]", r"[-–—]"
PREFIXES = [HYPHEN + "(?=" + LETTER + ")", r"[/+@](?=\w)"]
INFIXES = [
    r"(?<=\w)[()\[\]{}](?=\S)",
    r"(?<=[)\]}+])" + HYPHEN,
    HYPHEN + r"(?=[(\[{])",
    r"(?<=[)\]}])(?=\w)|(?<=[(\[{])(?=\w)",
    f"[/+](?=[{CAPITAL}{SMALL}(\\[])|(?<=[{CAPITAL}{SMALL})\\]])[/+]",
    f"(?<=[{SMALL}]{{2}}){HYPHEN}(?=\\d)|(?<={WORD}{{3}}){HYPHEN}(?=\\d{{3}})",
    "(?<=" + LETTER + r")(?:[\"”“](?=\S)|\*(?=\d)|(?=>))",
]
# For languages whose compounds spaCy leaves whole: Cisplatin-induziert, TP53-Mutation.
COMPOUNDS = [
    "(?<=" + LETTER + ")" + HYPHEN + "(?=" + LETTER + ")",
    r"(?<=\d)" + HYPHEN + "(?=" + LETTER + "{2})",
]
SUFFIXES = [
    # "type I." and "AmB.", not "U.S."
    f"(?:(?<=^[{CAPITAL}])|(?<={WORD}[{CAPITAL}])|(?<=[0-9+)\\]]))\\.",
    r"[/+]",
    "(?<=" + LETTER + "{2})" + HYPHEN,
]
# Hyphens that are not "-", and characters that nobody sees.
HYPHENS = dict.fromkeys(map(ord, "‐‑‒–⁃−˗﹣－"), "-")
UNSEEN = "\u00ad\u200b-\u200f\u2060\ufeff"
_SPECIAL = re.compile(f"[{''.join(map(chr, HYPHENS))}{UNSEEN}]")
_UNSEEN = re.compile(f"[{UNSEEN}]")
# German keeps the full stop behind "Grad I." for an ordinal.
_NUMERAL = re.compile(r"[IVX]+\.")
_BLANKS = [chr(code) for code in range(0x3001) if chr(code).isspace()]


@registry.tokenizers("phantom.Tokenizer.v1")
def make_word_tokenizer() -> Callable[[Language], Any]:
    """The tokenizer of the language, with rules for names in technical text.

    spaCy's own leaves some names inside longer tokens ("PCP)-induced", "5-HT)2A",
    "type I.", "Na+/K+"), where they can be neither taught nor found. Other hyphens
    than "-" count as one, soft hyphens and what has no width as nothing: the tokens
    of such a text are those of the plain one, and so are their shape and norm.

    RETURNS (Callable): Takes the pipeline. A language with a tokenizer of a kind of
        its own, such as Japanese, keeps it.
    """
    return _make


def _make(nlp: Language) -> Any:
    own = nlp.Defaults.config.get("nlp", {}).get("tokenizer", {})
    if own.get("@tokenizers", "spacy.Tokenizer.v1") != "spacy.Tokenizer.v1":
        return registry.resolve({"tokenizer": own})["tokenizer"](nlp)
    defaults = nlp.Defaults
    prefixes = compile_prefix_regex([*(defaults.prefixes or ()), *PREFIXES])
    suffixes = compile_suffix_regex([*(defaults.suffixes or ()), *SUFFIXES])
    own_infixes = list(defaults.infixes or ())
    if not compile_infix_regex(own_infixes).search("aa-bb"):
        own_infixes += COMPOUNDS
    infixes = compile_infix_regex([*own_infixes, *INFIXES])
    exceptions = defaults.tokenizer_exceptions
    return WordTokenizer(
        nlp.vocab,
        rules={k: v for k, v in exceptions.items() if not _NUMERAL.fullmatch(k)},
        prefix_search=prefixes.search,
        suffix_search=suffixes.search,
        infix_finditer=infixes.finditer,
        token_match=defaults.token_match,
        url_match=defaults.url_match,
    )


class WordTokenizer(Tokenizer):
    """spaCy's tokenizer; reads a text as if its special hyphens were plain."""

    def __call__(self, string: str) -> Doc:
        """Split a text into tokens, of which every character is a part."""
        if not _SPECIAL.search(string):
            return super().__call__(string)
        kept = [i for i, c in enumerate(string) if not _UNSEEN.match(c)]
        plain = "".join(string[i] for i in kept).translate(HYPHENS)
        doc = super().__call__(plain)
        if not len(doc):
            return super().__call__(string)
        kept.append(len(string))
        words, spaces, position = [], [], 0
        for token in doc:
            end = kept[token.idx + len(token)]
            words.append(string[position:end])
            spaces.append(bool(token.whitespace_))
            position = end + len(token.whitespace_)
        if position < len(string):
            # What nobody sees, behind the last blank.
            words.append(string[position:])
            spaces.append(False)
        result = Doc(self.vocab, words=words, spaces=spaces)
        for word, token in zip(result, doc, strict=False):
            if word.text != token.text:
                word.norm_ = token.norm_
                for name in ("norm_", "lower_", "shape_", "prefix_", "suffix_"):
                    setattr(word.lex, name, getattr(token.lex, name))
        return result

    def pipe(self, texts: Iterable[str], batch_size: int = 1000) -> Iterator[Doc]:
        """Split texts, one after the other."""
        yield from map(self, texts)

    def explain(self, string: str) -> list[tuple[str, str]]:
        """Which rule made each token, of the text with plain hyphens."""
        return super().explain(_UNSEEN.sub("", string).translate(HYPHENS))


@registry.misc("phantom.EncoderCharacters.v1")
def encoder_characters() -> dict[int, str]:
    """What an encoder shall read in place of a character, one for one.

    Special hyphens become "-", and each kind of white space a blank: what wordpiece
    tokenizers make of form feeds and the like joins words.

    RETURNS (Dict[int, str]): For `str.translate`.
    """
    return {**HYPHENS, **dict.fromkeys(map(ord, _BLANKS), " ")}
