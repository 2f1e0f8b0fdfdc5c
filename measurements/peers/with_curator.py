"""The work of measurements/generate.py --peer, done by curator in its environment.

python with_curator.py URL PROMPTS.jsonl REQUESTS_IN_FLIGHT FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

from bespokelabs import curator


class Writer(curator.LLM):
    """Sends the messages of a row as they are."""

    def prompt(self, row: dict[str, Any]) -> Any:
        return row["messages"]

    def parse(self, row: dict[str, Any], response: str) -> dict[str, Any]:
        return {"answer": response}


def main() -> None:
    url, prompts, flight, folder = sys.argv[1:]
    rows = [json.loads(line) for line in Path(prompts).read_text().splitlines()]
    llm = Writer(
        model_name="gpt-4.1-mini",
        backend="openai",
        backend_params={
            "base_url": url,
            "api_key": "none",
            "max_concurrent_requests": int(flight),
            "max_requests_per_minute": 1_000_000,
            "max_tokens_per_minute": 1_000_000_000,
        },
        generation_params={"max_tokens": 4096},
    )
    done = llm(rows, working_dir=folder)
    answers = done.dataset if hasattr(done, "dataset") else done
    print(sum(answer is not None for answer in answers["answer"]))


if __name__ == "__main__":
    main()
