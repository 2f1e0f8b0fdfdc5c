#!/usr/bin/env bash
# mesa 3.3.1, for agent-based models, has a function that runs a model many times in
# several processes. One would guess that it chooses how they start when it is called.
# `import mesa` alone sets the start method of the whole process to "spawn", over whatever
# was chosen before. On Linux, where processes fork by default, code that has nothing to do
# with the model then fails: here a function that a forked worker could call and a spawned
# one cannot be sent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q mesa==3.3.1
cd "$folder"
cat > try.py <<'PY'
import multiprocessing
from importlib.metadata import version


def start():
    def local():
        pass

    process = multiprocessing.Process(target=local)
    try:
        process.start()
    except (AttributeError, TypeError) as error:
        return type(error).__name__
    process.join()
    return f"ended with {process.exitcode}"


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    before = multiprocessing.get_start_method(), start()
    import mesa  # noqa: F401

    after = multiprocessing.get_start_method(), start()
    print("mesa", version("mesa"))
    print("chosen:", before[0], "- a worker with a local function:", before[1])
    print("after `import mesa`:", after[0], "- the same worker:", after[1])
    assert before == ("fork", "ended with 0"), before
    assert after[0] == "spawn" and after[1].endswith("Error"), after
PY
venv/bin/python try.py
echo "as described"
