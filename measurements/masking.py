"""What masks cost by themselves: processor seconds at each end, and bytes.

    python measurements/masking.py --weights 281179 --sites 3,10,30

Sites of one sum in one process, one after the other, without a network or training.
With N sites, one in ten (at least one, where the threshold lets it) drops out when the
seeds are shared, which is what costs the coordinator most.
"""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy
from speed_machine import describe_machine

from phantom.training.federated.kits import make_kits
from phantom.training.federated.messages import pack
from phantom.training.federated.secure.identity import Identity
from phantom.training.federated.secure.member import Member
from phantom.training.federated.secure.rules import threshold
from phantom.training.federated.secure.said import Part, Told
from phantom.training.federated.secure.sums import unmask

CONTEXT = b"measured"


class Clock:
    """Processor seconds by what they were spent on."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Count the block."""
        began = time.process_time()
        yield
        self.spent.setdefault(what, []).append(time.process_time() - began)


def measure(sites: int, weights: int, folder: Path) -> dict[str, object]:
    """One sum. RETURNS: Median seconds of a site by stage, the coordinator's, bytes."""
    names = [f"s{i:03}" for i in range(sites)]
    make_kits(folder, "localhost", names)
    clock, rng = Clock(), numpy.random.default_rng(0)
    vectors = {x: rng.integers(0, 2**40, weights, dtype="uint64") for x in names}
    known = {x: Identity(folder / x, x) for x in names}
    members = {x: Member(known[x], CONTEXT, vectors[x], 3) for x in names}
    drop = min(max(1, sites // 10), sites - threshold(sites))
    parts: dict[str, list[int]] = {"sent": [], "told": []}

    def count(way: str, **content: object) -> None:
        form = Part(round=0, layout="0" * 32, stage="keys") if way == "sent" else Told()
        record = type(form).model_validate({**form.model_dump(), **content})
        parts[way].append(len(pack(record)))

    roster, sealed = {}, {}
    for name in names:
        with clock.on("keys"):
            roster[name] = members[name].keys()
    for name in names:
        with clock.on("share"):
            sealed[name] = members[name].share(roster)
    here = names[drop:]
    masked = {}
    for name in here:
        sent = {x: to[name] for x, to in sealed.items() if x != name}
        with clock.on("mask"):
            masked[name] = members[name].mask(sent)
    signed, shown = {}, {}
    for name in here:
        with clock.on("sign"):
            signed[name] = members[name].sign(here, names[:drop])
    for name in here:
        with clock.on("show"):
            own, pairs = members[name].show(signed)
        shown[name] = Part(round=0, layout="", stage="shown", own=own, pairs=pairs)
    with clock.on("unmask"):
        sets = frozenset(here), frozenset(names[:drop]), roster, shown
        total = unmask((masked[x] for x in here), *sets, CONTEXT)
    wanted = numpy.sum([vectors[x] for x in here], axis=0, dtype="uint64")
    if not (total == wanted).all():
        raise ValueError("the sum is not that of the vectors")
    one = here[0]
    count("sent", keys=roster[one])
    count("sent", sealed=sealed[one])
    count("sent", signature=signed[one])
    count("sent", own=shown[one].own, pairs=shown[one].pairs)
    count("told", roster=roster)
    count("told", sealed={x: to[one] for x, to in sealed.items() if x != one})
    count("told", survivors=here, dropped=names[:drop])
    count("told", signatures=signed)
    return {
        "sites": sites,
        "dropped": drop,
        "weights": weights,
        "seconds": {x: round(median(y), 4) for x, y in clock.spent.items()},
        "bytes": {
            "masked update": len(pack(Part(round=0, layout="", stage="masked")))
            + 8 * weights,
            "other parts, from a site": sum(parts["sent"]),
            "other parts, to a site": sum(parts["told"]),
        },
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=int, default=281_179)
    parser.add_argument("--sites", default="3,10,30")
    args = parser.parse_args()
    rows = []
    for sites in args.sites.split(","):
        with TemporaryDirectory() as folder:
            rows.append(measure(int(sites), args.weights, Path(folder)))
    print(json.dumps({"machine": describe_machine(), "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
