"""What became of a corpus that was checked, and whether it may go on."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from phantom.checks.engine.base import Finding, Measure
from phantom.checks.engine.config import Waiver
from phantom.feedback.hints import Hint
from phantom.records import Example


@dataclass
class QualityResult:
    """What became of a corpus.

    examples (List[Example]): The corpus after rejection and repair.
    rejected (List[Tuple[Example, Finding]]): Each with what it was rejected for.
    repaired (Dict[str, Example]): The passage as it was before, by id.
    findings (List[Finding]): Everything that was found, in running order.
    waived (List[Tuple[Finding | Measure, Waiver]]): Found, but accepted.
    measures (List[Measure]): Numbers about the corpus.
    hints (List[Hint]): What the writer of the next passages can be told.
    skipped (Dict[str, str]): Why a check did not run.
    seconds (Dict[str, float]): By check.
    given (int): Examples at the start.
    """

    examples: list[Example] = field(default_factory=list)
    rejected: list[tuple[Example, Finding]] = field(default_factory=list)
    repaired: dict[str, Example] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    waived: list[tuple[Finding | Measure, Waiver]] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    given: int = 0

    @property
    def blocking(self) -> list[Finding]:
        """Findings that fail the corpus."""
        return [f for f in self.findings if f.severity == "block"]

    @property
    def verdict(self) -> str:
        """ "fail", "pass with waivers" or "pass"."""
        failed = any(measure.status == "fail" for measure in self.measures)
        if self.blocking or failed or not self.examples:
            return "fail"
        return "pass with waivers" if self.waived else "pass"

    def reasons(self) -> list[str]:
        """Why the verdict is what it is, one sentence each."""
        if not self.examples:
            return ["No passage is left."]
        lines = []
        counts = Counter((f.check, f.reason) for f in self.blocking)
        for (check, reason), n in counts.most_common():
            lines.append(
                f"{check}: {n} with {reason.replace('_', ' ')}; rejected, yet the "
                "corpus is blocked until someone has looked and waives it."
            )
        for measure in self.measures:
            if measure.status == "fail":
                lines.append(
                    f"{measure.check}: {measure.name} is {measure.value}, "
                    f"target {measure.target}."
                )
        accepted: Counter[tuple[str, str]] = Counter()
        for item, waiver in self.waived:
            accepted[item.check, waiver.why] += 1
        for (check, why), n in accepted.items():
            lines.append(f"{check}: {n} waived ({why}).")
        return lines or ["Nothing that blocks was found."]

    def to_review(self) -> dict[str, list[Finding]]:
        """Findings that a person should look at, by example id."""
        out: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            if finding.action == "review":
                out[finding.ids[0]].append(finding)
        return dict(out)
