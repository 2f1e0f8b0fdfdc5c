"""Run within the wall: the commands, one after another, and what the kernel counted.

Called as `inside.py PLAN RESULT`; PLAN is a JSON file with folder, commands, variables
and llm, the file to write an endpoint's settings to.
"""

import contextlib
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from phantom.privacy.egress.endpoint import Endpoint

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
LLM = """[llm]
@phantom_llms = "phantom.OpenAI.v1"
base_url = "http://127.0.0.1:{port}/v1"
model = "m"
concurrency = 2

[llm.options]

[llm.headers]
"""


def raise_loopback() -> None:
    """Bring the loopback interface of a new namespace up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(sock, SIOCGIFFLAGS, request))[1]
        up = struct.pack("16sh14x", b"lo", flags | IFF_UP)
        fcntl.ioctl(sock, SIOCSIFFLAGS, up)


def interfaces() -> dict[str, dict[str, int]]:
    """Bytes and packets that each interface sent, as the kernel counted them."""
    found = {}
    for line in Path("/proc/net/dev").read_text().splitlines()[2:]:
        name, _, rest = line.partition(":")
        numbers = rest.split()
        found[name.strip()] = {"bytes": int(numbers[8]), "packets": int(numbers[9])}
    return found


def main() -> None:
    """Run the commands of the plan and write the result."""
    plan: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    if plan["namespace"]:
        raise_loopback()
    results = []
    with contextlib.ExitStack() as stack:
        if plan["llm"]:
            endpoint = stack.enter_context(Endpoint())
            with Path(plan["llm"]).open("w") as file:
                file.write(LLM.format(port=endpoint.port))
        for command in plan["commands"]:
            began = time.monotonic()
            done = subprocess.run(
                command,
                cwd=plan["folder"],
                env={**os.environ, **plan["variables"]},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            output = (done.stdout + done.stderr)[-4000:]
            seconds = round(time.monotonic() - began, 1)
            told = {"status": done.returncode, "seconds": seconds, "output": output}
            results.append(told)
            if done.returncode:
                break
    result = {"results": results, "interfaces": interfaces()}
    with Path(sys.argv[2]).open("w") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
