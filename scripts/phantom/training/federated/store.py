"""What a coordinator has on disk: enough to go on with the same round after a kill."""

import shutil
import time
from pathlib import Path
from typing import Any

from phantom.corpora.origins import OriginCounts
from phantom.jsonl import (
    append_line,
    load_record,
    read_jsonl,
    replace_file,
    write_json,
    write_jsonl,
)
from phantom.records import Record
from phantom.training.federated.messages import Arrays, Labels, Settings, pack, unpack
from phantom.training.scoring import Scores

END = ".safetensors"


class Agreed(Record):
    """What was agreed at the start.

    sites (Dict[str, Labels]): By name, what each declared; others may come later.
    """

    settings: Settings
    labels: Labels
    sites: dict[str, Labels]


class Event(Record):
    """One line of events.jsonl.

    what (str): "join", "fetch", "taken", "late", "refused", "extended", "resumed"; of
        masked sums a stage, "told", "again", "void".
    sent, received (int): Bytes of the message, to the site and from it.
    """

    time: str
    round: int
    what: str
    site: str = ""
    why: str = ""
    sent: int = 0
    received: int = 0


class RoundRecord(Record):
    """One average, and how it came about.

    took_part, absent (Tuple[str, ...]): Sites in the average; sites that joined, and
        were not heard of by the deadline.
    refused, late (Dict[str, str]): Why, by site.
    norms (Dict[str, float]): Of the updates; {} where those are private.
    sent, received (Dict[str, int]): Bytes by site, to and from it.
    origins (Dict[str, OriginCounts]): Examples of each site in the average, of a masked
        sum those of all under "together"; {} where those are private.
    seconds (float): From when the round was open, of this process.
    scores (Optional[Scores]): On the coordinator's synthetic dev set, after it.
    void (str): Why there was no average, and weights stayed; "" if there was one.
    """

    round: int
    took_part: tuple[str, ...]
    absent: tuple[str, ...] = ()
    refused: dict[str, str] = {}
    late: dict[str, str] = {}
    norms: dict[str, float] = {}
    sent: dict[str, int] = {}
    received: dict[str, int] = {}
    origins: dict[str, OriginCounts] = {}
    seconds: float = 0.0
    scores: Scores | None = None
    void: str = ""


class Start(Record):
    """Stands before the weights of the start, where no round was made yet."""

    round: int = -1


class Store:
    """Files of one federation.

    folder (Path): agreed.json, weights-<n>.safetensors after n rounds (the last two),
        rounds.jsonl, events.jsonl, updates/<round>/<site>.safetensors; of a masked sum
        updates/<round>/<try>/<stage>/<site>.safetensors, and closed.json in each try.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read_agreed(self) -> Agreed | None:
        """What was agreed, None if nothing yet."""
        path = self.folder / "agreed.json"
        return load_record(path, Agreed) if path.is_file() else None

    def write_agreed(self, agreed: Agreed) -> None:
        """Keep what was agreed."""
        write_json(self.folder / "agreed.json", agreed)

    def note(self, number: int, what: str, site: str = "", **more: Any) -> None:
        """Add a line to events.jsonl."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        event = Event(time=now, round=number, what=what, site=site, **more)
        append_line(self.folder / "events.jsonl", event)

    def events(self, number: int) -> list[Event]:
        """What happened in a round."""
        path = self.folder / "events.jsonl"
        if not path.is_file():
            return []
        return [x for x in read_jsonl(path, Event) if x.round == number]

    def updates_of(self, number: int, *parts: str) -> Path:
        """Folder of what sites sent in a round, or in a part of one."""
        return self.folder.joinpath("updates", str(number), *parts)

    def keep_update(self, number: int, site: str, data: bytes, *parts: str) -> None:
        """Keep a site's message, so that it need not train again."""
        path = self.updates_of(number, *parts) / f"{site}{END}"
        with replace_file(path) as temporary:
            temporary.write_bytes(data)

    def read_update(self, number: int, site: str, *parts: str) -> bytes:
        """A site's message that was kept."""
        return (self.updates_of(number, *parts) / f"{site}{END}").read_bytes()

    def updates(self, number: int, *parts: str) -> dict[str, bytes]:
        """Messages that were kept of a round, by site."""
        folder = self.updates_of(number, *parts)
        found = sorted(folder.glob(f"*{END}"))
        return {x.stem: x.read_bytes() for x in found if x.suffixes == [END]}

    def write_weights(self, done: int, weights: Arrays, record: Record) -> None:
        """Keep weights after a round together with its record, in one rename."""
        with replace_file(self._weights(done)) as temporary:
            temporary.write_bytes(pack(record, weights))
        # What these came from is not needed again.
        self._weights(done - 2).unlink(missing_ok=True)
        shutil.rmtree(self.updates_of(done - 1), ignore_errors=True)

    def read_weights(self) -> tuple[int, Arrays, RoundRecord | None] | None:
        """Rounds done, the weights after them, the last record; None if none yet."""
        found = self.folder.glob(f"weights-*{END}")
        numbers = [
            int(path.stem.removeprefix("weights-"))
            for path in found
            if path.suffixes == [END]
        ]
        if not numbers:
            return None
        done = max(numbers)
        data = self._weights(done).read_bytes()
        if done == 0:
            return 0, unpack(data, Start)[1], None
        record, arrays = unpack(data, RoundRecord)
        return done, arrays, record

    def read_rounds(self) -> list[RoundRecord]:
        """All rounds, the one with the last weights among them."""
        path = self.folder / "rounds.jsonl"
        rounds = list(read_jsonl(path, RoundRecord)) if path.is_file() else []
        found = self.read_weights()
        if found and found[2] and len(rounds) < found[0]:
            rounds.append(found[2])
        return rounds

    def write_round(self, record: RoundRecord) -> None:
        """Add the record of a round, or put it in the place of the same one."""
        path = self.folder / "rounds.jsonl"
        rounds = [x for x in self.read_rounds() if x.round != record.round]
        write_jsonl(path, [*rounds, record])

    def _weights(self, done: int) -> Path:
        return self.folder / f"weights-{done}{END}"
