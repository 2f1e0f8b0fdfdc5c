"""A judge on loopback whose verdicts err at a known rate."""

import json
import random
from collections.abc import Iterable
from typing import Any

from tests.fault_server import Fault, FaultServer

from phantom.prompts.demonstrations import to_item
from phantom.records import Example


class ScriptedJudge:
    """Knows which passages are faulty, and is wrong about so many of them.

    errors (float): Chance that a vote says the opposite on a criterion.
    pairs (str): "right" or "first", whatever stands there.
    """

    def __init__(self, errors: float, pairs: str = "right", seed: int = 0) -> None:
        self.errors, self.pairs = errors, pairs
        self.rng = random.Random(seed)
        self.faults: dict[str, str] = {}
        self.server = FaultServer(rule=self.answer)

    def learn(self, examples: Iterable[Example], criterion: str) -> None:
        """These passages fail a criterion."""
        for example in examples:
            self.faults[_key(to_item(example))] = criterion

    def answer(self, body: dict[str, Any]) -> Fault:
        """An answer to all that a request asks."""
        lines = body["messages"][-1]["content"].splitlines()
        asked = [json.loads(line) for line in lines if line.startswith('{"id"')]
        items = []
        for ask in asked:
            text = self.choose(ask) if "first" in ask else self.judge(ask)
            items.append({"id": ask["id"], "text": text, "relations": []})
        content = json.dumps({"items": items})
        return {"kind": "elsewhere", "message": lambda raw: {"content": content}}

    def judge(self, ask: dict[str, Any]) -> str:
        fault = self.faults.get(_key(ask))
        said = []
        for name in ("labels", "relations", "plausible", "realistic"):
            wrong = (name == fault) != (self.rng.random() < self.errors)
            said.append(f"{name}: {'no' if wrong else 'yes'}")
        return "; ".join(said) + " | as scripted"

    def choose(self, ask: dict[str, Any]) -> str:
        if self.pairs == "first":
            return "first | it came first"
        return ("second" if _key(ask["first"]) in self.faults else "first") + " | tags"


def _key(item: dict[str, Any]) -> str:
    return json.dumps([item["text"], item["relations"]])
