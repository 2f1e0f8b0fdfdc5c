"""The parts of the flow on their own: limiter, breaker, budget, shards, prompts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import MEDICINE
from typer.testing import CliRunner

import generate
from console.step import make_app
from phantom.completions.journal import Journal, read_journal
from phantom.completions.ledger import Ledger, read_ledger
from phantom.completions.shards import Shard, find_shards, merge_journals, parse_shard
from phantom.jsonl import write_jsonl
from phantom.llms.budget import Budget, Price, parse_budget
from phantom.llms.estimate import Estimator, count_tokens, forecast
from phantom.llms.wire.breaker import Breaker
from phantom.llms.wire.dialect import Dialect
from phantom.llms.wire.faults import FaultError
from phantom.llms.wire.limiter import Limiter
from phantom.llms.wire.waits import backoff, parse_wait, read_retry_after
from phantom.packs.pack import load_pack
from phantom.passages.tags import Tagged, parse_tags
from phantom.prompts.demonstrations import (
    Demonstrations,
    from_examples,
    read_demonstrations,
)
from phantom.prompts.prompter import TEMPLATES, Prompter
from phantom.records import Completion, Entity, Example, Spec, Usage

PACK = load_pack(MEDICINE)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_limiter_goes_up_by_one_and_down_by_half() -> None:
    clock = Clock()
    limiter = Limiter(ceiling=64, start=16, clock=clock)
    for _ in range(16):
        started = limiter.take()
        limiter.succeed()
    assert limiter.limit == 32
    clock.now += 1
    assert limiter.congest(started)
    assert limiter.limit == 16
    # The others that were sent together say nothing new.
    assert not limiter.congest(started) and limiter.limit == 16
    for _ in range(16):
        limiter.succeed()
    assert 16.9 < limiter.limit < 17.1
    limiter.active = 17
    assert limiter.wait() is None or limiter.limit >= 17
    limiter.active = 0
    limiter.pause(5)
    assert limiter.wait() == 5
    clock.now += 5
    assert limiter.wait() == 0
    headers = {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"}
    assert limiter.heed(headers) == 360
    assert limiter.heed({"x-ratelimit-remaining-tokens": "5"}) == 0
    other = {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "30s",
    }
    assert limiter.heed(other) == 30


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1.5", 1.5),
        ("20ms", 0.02),
        ("6m0s", 360),
        ("1h2m3.5s", 3723.5),
        ("", None),
        ("soon", None),
        ("5x", None),
        ("1.2.3s", None),
        (None, None),
        ("30 seconds", 30),
        ("1741305660", 60),
        ("1741305660000", 60),
        ("2025-03-07T00:01:00Z", 60),
        ("Fri, 07 Mar 2025 00:01:00 GMT", 60),
        ("inf", None),
        ("-5", 0),
    ],
)
def test_durations(text: str | None, seconds: float | None) -> None:
    assert parse_wait(text, now=1_741_305_600) == seconds


@given(st.text(max_size=12))
def test_durations_never_raise(text: str) -> None:
    parse_wait(text)


def test_breaker_pauses_probes_and_gives_up() -> None:
    clock = Clock()
    breaker = Breaker(after=3, pause=10, probes=2, clock=clock)
    assert [breaker.fail(False) for _ in range(3)] == [False, False, True]
    assert breaker.wait() == 10
    clock.now += 10
    assert breaker.wait() == 0 and breaker.send()
    assert breaker.wait() is None, "one probe at a time"
    breaker.fail(True)
    assert breaker.wait() == 20 and not breaker.gave_up
    clock.now += 20
    breaker.send()
    breaker.succeed()
    assert breaker.wait() == 0 and not breaker.open
    for _ in range(3):
        breaker.fail(False)
    for _ in range(2):
        breaker.send()
        breaker.fail(True)
    assert breaker.gave_up


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1, 500)), max_size=60),
    st.integers(1, 3_000),
    st.integers(1, 8),
)
def test_budget_is_passed_by_one_request_at_most(
    requests: list[tuple[int, int]], limit: int, flight: int
) -> None:
    """Requests reserve the most they can use; what they use may be less."""
    budget = Budget(Price(1e6, 1e6), limit=limit, tokens=False)
    flying: list[tuple[int, int]] = []
    last = 0
    for most, used in requests:
        used = min(most, used)
        ticket = budget.admit(Usage(input_tokens=most))
        while ticket is None and flying:
            back, amount = flying.pop(0)
            budget.settle(back, Usage(input_tokens=amount))
            ticket = budget.admit(Usage(input_tokens=most))
        if ticket is None:
            break
        last = max(last, used)
        flying.append((ticket, used))
        if len(flying) >= flight:
            back, amount = flying.pop(0)
            budget.settle(back, Usage(input_tokens=amount))
    for back, amount in flying:
        budget.settle(back, Usage(input_tokens=amount))
    assert budget.used < limit + max(last, 1)
    assert budget.in_flight == 0 and abs(budget.reserved) < 1e-6


def test_budget_counts_what_may_have_been_billed() -> None:
    budget = Budget(Price(1e6, 1e6), limit=100)
    ticket = budget.admit(Usage(input_tokens=60))
    assert ticket is not None
    budget.settle(ticket, None, billed=True)
    assert budget.used == 60
    ticket = budget.admit(Usage(input_tokens=30))
    assert ticket is not None
    budget.settle(ticket, None, billed=False)
    assert budget.used == 60


def test_budget_remembers_answers_whose_server_counts_nothing() -> None:
    ledger = Ledger()
    silent = Completion(
        spec_ids=("a",), completion="x" * 300, model="m", recorded="", estimate=50
    )
    ledger.add(silent, 0)
    assert (ledger.spent.input_tokens, ledger.spent.output_tokens) == (50, 100)
    assert not ledger.counted_input and not ledger.estimated_input


def test_budget_text() -> None:
    price = Price(1, 2, currency="EUR")
    assert parse_budget("5", price) == (5, False)
    assert parse_budget("1,200.50 eur", price) == (1200.5, False)
    assert parse_budget("200_000 tokens", price) == (200_000, True)
    for text, why in [("5 USD", "EUR"), ("lots", "amount"), ("-5", "amount")]:
        with pytest.raises(ValueError, match=why):
            parse_budget(text, price)
    with pytest.raises(ValueError, match="no price"):
        parse_budget("5", Price())


def test_price() -> None:
    usage = Usage(input_tokens=1_000_000, cached_tokens=400_000, output_tokens=500_000)
    assert Price(1.0, 4.0, 0.25).cost(usage) == pytest.approx(0.6 + 0.1 + 2.0)
    assert Price(1.0, 4.0).cost(usage) == pytest.approx(3.0)


def refusal(message: str, status: int = 400, **fields: Any) -> FaultError:
    return FaultError("status", message, status, **fields)


def test_dialect_learns() -> None:
    dialect = Dialect({"model": "m", "max_tokens": 5, "seed": 1})
    wrong = refusal("Use 'max_completion_tokens' instead")
    first = dialect.settings
    assert dialect.adapt(wrong, first)
    assert dialect.request({})["max_completion_tokens"] == 5
    assert dialect.adapt(refusal("bad", param="seed"), dialect.settings)
    assert "seed" not in dialect.request({})
    sent = dialect.settings
    assert dialect.adapt(refusal("no response_format"), sent)
    assert dialect.mode == "json"
    # Requests that went out before the change are sent again as it is now.
    for refused in (sent, first):
        for fault in (refusal("no response_format"), wrong, refusal("bad")):
            assert dialect.adapt(fault, refused) == ""
    assert dialect.mode == "json"
    dialect.prove("json")
    sent = dialect.settings
    assert dialect.adapt(refusal("too long"), sent) is None
    assert dialect.adapt(refusal("down", 500), sent) is None


def test_a_refusal_without_a_cause_is_no_proof_against_the_schema() -> None:
    dialect = Dialect({"model": "m"})
    fault = refusal("Bad Request")
    assert dialect.adapt(fault, dialect.settings, again=False) == ""
    assert dialect.mode == "schema"
    assert dialect.adapt(fault, dialect.settings) == "structured output: json"
    # Another request, sent before, comes back with an item after all.
    dialect.prove("schema")
    assert dialect.mode == "schema"
    assert dialect.adapt(fault, dialect.settings) is None
    other = Dialect({"model": "m"})
    for mode in ("json", "text"):
        assert other.adapt(fault, other.settings) == f"structured output: {mode}"
    assert other.adapt(fault, other.settings) is None, "refused in every mode"
    assert other.mode == "schema"


@pytest.mark.parametrize(
    ("message", "options", "left"),
    [
        ("max_tokens is too large: 9000. This model supports at most 4096 completion "
         "tokens", {"max_tokens": 9000}, {"max_tokens": 4096}),
        ("max_tokens: 8192 > 4096, which is the maximum allowed", {"max_tokens": 8192},
         {"max_tokens": 4096}),
        ("Unknown parameter: 'max_completion_tokens'. Use max_tokens instead",
         {"max_completion_tokens": 7}, {"max_tokens": 7}),
        ("'temperature' does not support 0.2 with this model", {"temperature": 0.2},
         {}),
        ("Unrecognized request argument supplied: top_k", {"top_k": 3, "seed": 1},
         {"seed": 1}),
    ],
)  # fmt: skip
def test_settings_as_servers_refuse_them(
    message: str, options: dict[str, Any], left: dict[str, Any]
) -> None:
    dialect = Dialect({"model": "m", **options})
    assert dialect.adapt(refusal(message), dialect.settings)
    assert dialect.settings == ("schema", {"model": "m", **left})


def test_retry_after_and_backoff() -> None:
    def wait(message: str = "", body: Any = None, **headers: str) -> float | None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return read_retry_after(named, message, body)

    assert wait(retry_after="2") == 2
    assert wait(retry_after_ms="1500") == 1.5
    assert wait(retry_after="Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert wait(retry_after="later") is None and wait() is None
    assert wait("Rate limit reached. Please try again in 1m6.5s.") == 66.5
    assert wait("Please retry after 6 seconds.") == 6
    assert wait("Try again in 20ms") == 0.02
    google = [{"error": {"details": [{"@type": "x"}, {"retryDelay": "34s"}]}}]
    assert wait(body=google) == 34
    assert all(backoff(tries, 1.0) <= 60.1 for tries in range(1, 40))


def test_shards_part_and_merge(tmp_path: Path) -> None:
    specs = [Spec(id=f"s{i}", kind="k") for i in range(200)]
    path = tmp_path / "completions.jsonl"
    parts = [parse_shard(f"{i}/3") for i in (1, 2, 3)]
    held = [[spec.id for spec in part.select(specs)] for part in parts]
    assert sorted(sum(held, [])) == sorted(spec.id for spec in specs)
    assert min(map(len, held)) > 40
    assert parse_shard("0/3").journal(path) == parse_shard("3/3").journal(path)
    for part, ids in zip(parts, held, strict=True):
        with Journal(part.journal(path)) as journal:
            for spec_id in ids:
                journal.append(
                    Completion(
                        spec_ids=(spec_id,), completion="{}", model="m", recorded=""
                    )
                )
    for name in ("dialect", "batches", "failed"):
        path.with_name(f"completions.1-of-3.{name}.jsonl").write_text("{}\n")
    assert len(find_shards(path)) == 3
    assert merge_journals(path, find_shards(path)) == (200, 0)
    assert merge_journals(path, find_shards(path)) == (0, 200)
    assert len(list(read_journal(path))) == 200
    for wrong in ("4/3", "x", "1/0", "-1/2"):
        with pytest.raises(ValueError, match="--shard"):
            parse_shard(wrong)
    assert Shard(0, 1).holds("anything")


def test_prompt_digest_follows_guidelines_and_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "medicine"
    folder.mkdir()
    for path in PACK.path.rglob("*"):
        if path.is_file() and "recording" not in path.parts:
            copy = folder / path.relative_to(PACK.path)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
    first = Prompter(load_pack(folder)).digest
    assert Prompter(load_pack(folder)).digest == first
    user = folder / "prompts" / "generate_user.jinja"
    ours = (TEMPLATES / "en" / user.name).read_text()
    user.write_text(ours + "\nPlease.")
    second = Prompter(load_pack(folder)).digest
    (folder / "guidelines.md").write_text("Write.")
    third = Prompter(load_pack(folder)).digest
    assert len({first, second, third}) == 3
    user.write_text("{{ nothing.here }}")
    with pytest.raises(ValueError, match=r"generate_user\.jinja: UndefinedError"):
        Prompter(load_pack(folder)).render([Spec(id="a", kind="k")])
    user.unlink()
    Prompter(load_pack(folder)).render([Spec(id="a", kind="k")])
    monkeypatch.setattr("phantom.prompts.prompter.TEMPLATES", tmp_path)
    with pytest.raises(ValueError, match=r"generate_system\.jinja: TemplateNotFound"):
        Prompter(load_pack(folder))


def test_parts_know_their_origin() -> None:
    prompter = Prompter(
        PACK, demonstrations=Demonstrations(read_demonstrations(PACK), 2)
    )
    seeded = Spec(id="a", kind="gene", seeds={"GENE": ["TP53"]})
    plain = Spec(id="b", kind="gene", open=["GENE"])
    origins = [part.origin for part in prompter.render([plain, seeded]).parts]
    assert origins == ["pack", "pack", "lexicon"]
    assert prompter.render([plain]).parts[-1].origin == "pack"


def test_demonstrations_are_synthetic_and_well_formed() -> None:
    pool = read_demonstrations(PACK)
    assert len(pool) >= 3
    for demonstration in pool:
        tagged = parse_tags(demonstration.text, PACK.labels)
        assert isinstance(tagged, Tagged)
        for head, label, tail in demonstration.relations:
            types = {entity.id: entity.label for entity in tagged.entities}
            rule = PACK.relations[str(label)]
            assert types[str(head)] in rule.head and types[str(tail)] in rule.tail
    gene = Entity(start=0, end=4, label="GENE", text="TP53")
    good = Example(id="a", text="TP53 rose", entities=(gene,), model="m")
    made = from_examples([good], Path("accepted.jsonl"))[0]
    assert made.origin == "synthetic" and made.text.startswith("<GENE id=1>TP53</GENE>")
    with pytest.raises(ValueError, match="does not say which model wrote it"):
        from_examples([good.model_copy(update={"model": None})], Path("real.jsonl"))


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
