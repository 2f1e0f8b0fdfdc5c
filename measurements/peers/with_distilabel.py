"""The work of measurements/generate.py --peer, done by distilabel in its environment.

python with_distilabel.py URL PROMPTS.jsonl REQUESTS_IN_FLIGHT FOLDER
"""

import json
import sys
from pathlib import Path

from distilabel.models.llms import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import ChatGeneration


def main() -> None:
    url, prompts, flight, folder = sys.argv[1:]
    rows = [json.loads(line) for line in Path(prompts).read_text().splitlines()]
    # It sends what is in one batch at a time, so a batch is what may be in flight.
    with Pipeline(name="peer", cache_dir=folder) as pipeline:
        load = LoadDataFromDicts(data=rows, batch_size=int(flight))
        llm = OpenAILLM(
            model="gpt-4.1-mini",
            base_url=url,
            api_key="none",
            generation_kwargs={"max_new_tokens": 4096},
        )
        load >> ChatGeneration(llm=llm, input_batch_size=int(flight))
    done = pipeline.run(use_cache=False)["default"]["train"]
    print(sum(answer is not None for answer in done["generation"]))


if __name__ == "__main__":
    main()
