"""The rounds of a loop: what each gained, and whether another is worth its price."""

from pathlib import Path

from phantom.evaluation.diagnosis.gain import Gain, measure_gain
from phantom.evaluation.diagnosis.records import Diagnosis
from phantom.jsonl import load_record, read_jsonl, to_line, write_text
from phantom.records import Record

NOISE = "the gain is inside the noise"
SPENT = "the budget is spent"
UNPAID = "what it asks for has no answer in the recording"
NOTHING = "the diagnosis asks for nothing"


class Round(Record):
    """One line of loop.jsonl, written when a round is done.

    specs, added (int): In the plan, and of this round alone.
    gains (List[Gain]): Over the round before; none for the first.
    stop (str): Why no other follows; "" if one may.
    """

    number: int
    specs: int
    added: int
    gains: list[Gain] = []
    stop: str = ""


def read_rounds(path: Path) -> dict[int, Round]:
    """The rounds that are done, by number; none where there is no file."""
    if not path.is_file():
        return {}
    return {row.number: row for row in read_jsonl(path, Round)}


def write_rounds(path: Path, rounds: dict[int, Round]) -> None:
    """Write all rounds, whole or not at all."""
    write_text(path, "".join(to_line(rounds[number]) for number in sorted(rounds)))


def run_name(run: str, number: int) -> str:
    """The folder of a round in training/ and metrics/; rounds lie side by side."""
    return run if number == 1 else f"{run}-{number}"


def round_variables(number: int, run: str, corpus: Path, gold: Path) -> dict[str, str]:
    """Variables of the project that differ between rounds.

    From the second round on, the plan takes up a refill, and a dev side of the first
    round that is the gold data stays held out.
    """
    later = number > 1
    return {
        "round": str(number),
        "run": run_name(run, number),
        "refill": str(corpus / f"round-{number}" / "refill.yml") if later else "",
        "hold_out": str(gold) if later and gold.is_relative_to(corpus) else "",
    }


def compare_rounds(metrics: Path, run: str, number: int) -> list[Gain]:
    """Gains of a round over the one before; none for the first."""
    if number == 1:
        return []
    old, new = (
        load_record(metrics / run_name(run, n) / "diagnosis.json", Diagnosis)
        for n in (number - 1, number)
    )
    return measure_gain(old, new)


def why_stop(gains: list[Gain], is_spent: bool, asked: int) -> str:
    """Why the loop ends after a round; "" if it goes on.

    gains (List[Gain]): As `measure_gain` gives them, both tasks together last.
    asked (int): Examples that the next round would ask for.
    """
    if is_spent:
        return SPENT
    if gains and gains[-1].is_noise:
        return NOISE
    return "" if asked else NOTHING
