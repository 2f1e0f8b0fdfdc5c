"""What a run will take, told before it is asked for."""

import json
import re
from pathlib import Path

from tests.builders import MEDICINE
from typer.testing import CliRunner

import generate
from console.step import make_app
from phantom.completions.journal import Journal
from phantom.completions.ledger import Ledger, read_ledger
from phantom.jsonl import write_jsonl
from phantom.llms.budget import Price
from phantom.llms.estimate import Estimator, count_tokens, forecast
from phantom.packs.pack import load_pack
from phantom.prompts.prompter import Prompter
from phantom.records import Completion, Entity, Example, Spec, Usage

PACK = load_pack(MEDICINE)


def test_forecast_learns_its_margin(tmp_path: Path) -> None:
    prompter = Prompter(PACK)
    specs = [Spec(id=f"s{i}", kind="gene", attributes={"words": 20}) for i in range(95)]
    price = Price(1.0, 4.0)
    blind = forecast(iter(specs), prompter, Ledger(), 10, price)
    assert (blind.specs, blind.requests, blind.learned) == (95, 10, False)
    assert price.cost(blind.low) < price.cost(blind.high)
    estimate = Estimator(Ledger()).input(prompter.render(specs[:10]))
    path = tmp_path / "completions.jsonl"
    with Journal(path) as journal:
        journal.append(
            Completion(
                spec_ids=tuple(f"x{i}" for i in range(10)),
                completion=json.dumps([{"id": i, "text": "t"} for i in range(1, 11)]),
                model="m",
                recorded="",
                estimate=estimate,
                usage=Usage(input_tokens=2 * estimate, output_tokens=700),
            )
        )
    taught = forecast(iter(specs), prompter, read_ledger(path), 10, price)
    assert taught.learned
    assert taught.low.input_tokens > blind.low.input_tokens * 1.9
    assert taught.low.output_tokens < 95 * 70 < taught.high.output_tokens
    nothing = forecast(iter([]), prompter, Ledger(), 10, price)
    assert nothing.specs == nothing.requests == 0


def test_a_dry_run_reckons_with_what_the_run_is_told(tmp_path: Path) -> None:
    specs, journal = tmp_path / "specs.jsonl", tmp_path / "completions.jsonl"
    wanted = [Spec(id=f"s{i}", kind="gene") for i in range(20)]
    write_jsonl(specs, wanted)
    long = tmp_path / "accepted.jsonl"
    text = "TP53 rose " + "and fell again " * 200
    gene = Entity(start=0, end=4, label="GENE", text="TP53")
    example = Example(id="a", text=text, entities=(gene,), model="m")
    write_jsonl(long, [example] * 5)

    def dry_run(*more: str) -> tuple[int, int]:
        call = [PACK.path, specs, journal, "--llm", "configs/llm/openai.cfg"]
        call += ["--dry-run", *more]
        result = CliRunner().invoke(make_app(generate.generate), list(map(str, call)))
        assert result.exit_code == 0, result.output
        found = re.findall(r"(?:complete|input tokens) +([\d,]+)", result.output)
        return tuple(int(number.replace(",", "")) for number in found) or (0, 0)

    count, tokens = dry_run()
    assert count == 20 and not journal.exists()
    count, more = dry_run("--demonstrations", str(long))
    assert count == 20 and more > tokens + 1_000
    items = [{"id": i, "text": "t"} for i in range(1, 11)]
    with Journal(journal) as opened:
        opened.append(
            Completion(
                spec_ids=tuple(spec.id for spec in wanted[:10]),
                completion=json.dumps(items),
                model="m",
                recorded="",
                prompt="old",
            )
        )
    assert dry_run()[0] == 10
    assert dry_run("--no-reuse")[0] == 20


def test_tokens_are_counted_by_a_tokenizer() -> None:
    text = "A mutation in TP53 was associated with hepatocellular carcinoma. " * 40
    assert 0.12 < count_tokens(text) / len(text) < 0.4
