"""A writer on loopback that proposes prompts, and is as good as its guidelines."""

import json
import re
from typing import Any

from tests.fault_server import Fault, FaultServer

# How many of ten passages can be used, by what stands in the guidelines.
GOOD = {"Mark diseases.": 5, "aim 0": 3, "aim 1": 10, "aim 2": 6}

MESSAGE = """Take care. One answer of this form, nothing beside it:
[FORM]
[GUIDELINES]

Labels: [LABELS].
[RELATIONS]
No relation: []."""


class Writer:
    """Proposes guidelines that name their aim, and writes passages by them."""

    def __init__(self) -> None:
        self.server = FaultServer(rule=self.answer)
        self.aims: list[str] = []
        self.request = ""

    def answer(self, body: dict[str, Any]) -> Fault:
        system = body["messages"][0]["content"]
        self.request = body["messages"][-1]["content"]
        lines = self.request.splitlines()
        asked = [json.loads(line) for line in lines if line.startswith('{"id"')]
        write = self.propose if "You improve " in system else self.passage
        items = [{"id": ask["id"], **write(ask, system)} for ask in asked]
        content = json.dumps({"items": items})
        return {"kind": "elsewhere", "message": lambda raw: {"content": content}}

    def propose(self, ask: dict[str, Any], system: str) -> dict[str, Any]:
        if "words around the guidelines" in system:
            return {"text": MESSAGE, "relations": []}
        if "the words in which" in system:
            self.asked = getattr(self, "asked", 0) + 1
            # At first with a program in it, which is refused and asked for anew.
            bad = "[COUNT] {{ ''.__class__ }}\n[SPECS]"
            good = "Take care.\nWrite [COUNT]:\n[SPECS]"
            return {"text": bad if self.asked == 1 else good, "relations": []}
        if ask["aim"] not in self.aims:
            self.aims.append(ask["aim"])
        number = self.aims.index(ask["aim"])
        return {"text": f"DISEASE, CHEMICAL, TREATS: aim {number}", "relations": []}

    def passage(self, ask: dict[str, Any], system: str) -> dict[str, Any]:
        good = next(n for words, n in GOOD.items() if words in system)
        told = self.request + system
        good = 10 if "Take care." in told else good
        self.written = getattr(self, "written", 0) + 1
        number, words = (
            self.written,
            str(sorted((k, v) for k, v in ask.items() if k != "id")),
        )
        if sum(map(ord, re.sub(r"\W", "", words))) % 10 >= good:
            return {"text": f"<DISEASE id=1>torn {number}", "relations": []}
        if ask["kind"] != "treats":
            return {"text": f"Nothing was seen on day {number}.", "relations": []}
        disease = ask.get("seeds", {}).get("DISEASE", ["gout"])[0]
        text = (
            f"<CHEMICAL id=1>Zolpin</CHEMICAL> in {number} relieves "
            f"<DISEASE id=2>{disease}</DISEASE>."
        )
        return {"text": text, "relations": [[1, "TREATS", 2]]}
