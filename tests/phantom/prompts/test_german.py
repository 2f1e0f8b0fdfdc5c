"""The German pack: no word of another language in what a writer or judge is told."""

import json
import re
from collections.abc import Iterator

import pytest
from tests.builders import ROOT

from phantom.checks.models.passage_features import measure_passages
from phantom.curation.judge.asks import ask_pairs, ask_votes, make_judge
from phantom.curation.labelling import make_labeller
from phantom.feedback.from_checks import say_figure
from phantom.feedback.hints import Hint, add_style
from phantom.packs.language import load_language
from phantom.packs.pack import Pack, load_pack
from phantom.packs.rubric import read_rubric
from phantom.planning.plan import make_plan
from phantom.planning.writers import find_writers
from phantom.prompts.demonstrations import Demonstrations, read_demonstrations
from phantom.prompts.naming import rename
from phantom.prompts.prompter import Prompter
from phantom.prompts.variants import make_proposer, propose
from phantom.records import Example, Facts, Spec

PACK = load_pack(ROOT / "assets/domains/medicine_de")
GERMAN = load_language("de", PACK.path)
# Words of English that German text has not; "in", "also", "die" and "was" it has.
ENGLISH = set(
    """the of and or with by not is are were for to from as which who than but because
    this that these those it its has have be been on each one two more less about write
    passage passages seeds your choice facts style notes first second same yes no
    answer where when what only never use mark begin""".split()
)
# Names of the form that answers have in all languages.
PROTOCOL = re.compile(r'"(?:items|id|text|relations|LABEL)"|`(?:text|relations|id)`')


def english_in(text: str) -> set[str]:
    """English words of a text, tags and names of the answer's form aside."""
    plain = re.sub(
        r"<[^>]*>|\[(?:COUNT|SPECS|FORM|LABELS|RELATIONS|GUIDELINES)\]",
        " ",
        PROTOCOL.sub(" ", text),
    )
    # "Kind" is German for a child, not for what a spec is of.
    keys = {"kind"} if '"kind"' in text else set()
    return set(re.findall(r"[^\W\d_]+", plain.lower())) & ENGLISH | keys


def rendered(pack: Pack) -> Iterator[tuple[str, str]]:
    """Each prompt that a pack can send, by its task."""
    pool = read_demonstrations(pack)
    specs = make_plan(pack, 200, seed=3, writers=find_writers(pack, 0.5, 3))
    hint = Hint(text=GERMAN.say("word", "", True, word="bds."), size=3, about="bds.")
    styled = add_style(specs, [hint], pack)
    reasons = [*GERMAN.prompt.reasons, "unknown_label"]
    writer = Prompter(pack, "generate", Demonstrations(pool, len(pool)))
    yield "generate", text_of(writer, styled, reasons * 20)
    example = Example(id="x", text="Pneumonie bei Kindern.")
    labeller = make_labeller(pack, pool, 2)
    yield "extract", text_of(labeller, [example], ["empty"])
    rubric = read_rubric(pack)
    votes = list(ask_votes([example], 1))
    yield "judge", text_of(make_judge(pack, rubric), votes, ["truncated"])
    pairs = list(ask_pairs([("p", example, example)]))
    yield (
        "judge_pair",
        text_of(make_judge(pack, rubric, pairs=True), pairs, ["no_text"]),
    )
    words = GERMAN.prompt
    for task, aims in (
        ("propose", words.guideline_aims),
        ("propose_request", words.request_aims),
        ("propose_message", words.message_aims),
    ):
        yield task, text_of(make_proposer(pack, task), propose(len(aims), aims), ["x"])


def text_of(prompter: Prompter, asks: list, reasons: list[str]) -> str:
    return "\n".join(part.text for part in prompter.render(asks, reasons).parts)


@pytest.mark.parametrize(("task", "text"), list(rendered(PACK)))
def test_no_english_in_prompts(task: str, text: str) -> None:
    assert english_in(text) == set()


@pytest.mark.parametrize(
    "said", ["Write two passages", '{"kind": "Gen"}', "the answer was empty"]
)
def test_english_would_be_seen(said: str) -> None:
    assert english_in(said)


def test_no_english_in_hints_of_figures() -> None:
    text = "Der Pat. klagt über Husten (seit 3 Tagen)."
    figures = measure_passages([text], None, GERMAN.openings)
    names = [*figures, "known names", "words per known name", "mentions_per_passage"]
    names += ["share_without_entity", "share_starting_with_entity"]
    for name in names:
        for unit in ("share", "per passage", "per 100 words"):
            for ours in (0.1, 0.9):
                assert not english_in(say_figure(GERMAN, unit, name, ours, 0.5)), name


def test_all_hints_and_asks_have_german_words() -> None:
    said = [line for pair in GERMAN.hints.values() for line in (pair.more, pair.less)]
    said += [wording.say for wording in GERMAN.asks.values()]
    gaps = re.compile(r"\{\w+(?:!r)?\}")
    assert not english_in(" ".join(gaps.sub(" ", line) for line in said))
    english = load_language("en")
    assert english.hints.keys() <= GERMAN.hints.keys()
    assert english.asks.keys() <= GERMAN.asks.keys()


def test_facts_are_told_under_german_names() -> None:
    facts = Facts.model_validate(
        {
            "event": "Nebenwirkung",
            "entities": {"text": {"label": "WIRKSTOFF", "text": "Ramipril"}},
            "numbers": {"Dosis": {"value": 5, "unit": "mg"}},
            "changes": {"Dosis": "up"},
        }
    )
    spec = Spec(id="a", kind="Wirkstoff", facts=facts)
    told = Prompter(PACK).render([spec]).parts[-1].text
    line = json.loads(told[told.index("{") :])
    assert line["Fakten"]["Namen"] == {
        "Text": {"Label": "WIRKSTOFF", "Text": "Ramipril"}
    }
    assert line["Fakten"]["Änderungen"] == {"Dosis": "aufwärts"}
    assert english_in(told) == set()


def test_what_is_judged_keeps_the_names_of_answers() -> None:
    names = {"text": "Text", "first": "erste"}
    assert rename({"text": "a", "first": {"text": "b"}}, names) == {
        "text": "a",
        "erste": {"text": "b"},
    }
