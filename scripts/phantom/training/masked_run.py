"""The steps of `pretrain`, which survive an interruption."""

import random
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from phantom.jsonl import replace_file
from phantom.training.masked import (
    Masked,
    loss_of,
    mask_rows,
    perplexity,
    precision,
)
from phantom.training.matching import Rows, endless
from phantom.training.pretrained import PretrainPoint, PretrainSettings


class Run:
    """A run of `pretrain`: weights, optimizer, and how far it is."""

    def __init__(
        self,
        masked: Masked,
        rows: Rows,
        held: Rows,
        settings: PretrainSettings,
        key: str,
    ) -> None:
        self.masked, self.held, self.settings, self.key = masked, held, settings, key
        self.alone = settings.head_steps if masked.headless else 0
        if self.alone >= settings.steps:
            raise ValueError(
                f"{settings.steps} steps, {self.alone} of them for a new head alone: "
                "none is left for the encoder; take more"
            )
        order = random.Random(settings.seed)
        self.batches = endless(rows, settings.batch, order)
        encoder = list(masked.model.base_model.parameters())
        known = {id(weights) for weights in encoder}
        head = [x for x in masked.model.parameters() if id(x) not in known]
        self.optimizer = torch.optim.AdamW(
            [{"params": encoder}, {"params": head}], weight_decay=0.01, fused=True
        )
        self.step = self.wordpieces = 0
        self.before = 0.0
        self.curve: list[PretrainPoint] = []
        # Loss and number of masked wordpieces since the last point.
        self.since = [0.0, 0]
        torch.manual_seed(settings.seed)

    def measure(self) -> float:
        """Perplexity on the texts held out."""
        settings = self.settings
        masked, seed = settings.masked, settings.seed
        return perplexity(self.masked, self.held, settings.batch, masked, seed)

    def go_on(self, save: Callable[[], None], told: Callable[[int], None]) -> None:
        """Take the steps that are left. save: Called after every so many."""
        settings, model = self.settings, self.masked.model
        rates = (settings.learn_rate, settings.head_rate)
        for rows in islice(self.batches, self.step, settings.steps):
            if self.step == self.alone:
                self.before = self.measure()
            model.train()
            model.base_model.requires_grad_(self.step >= self.alone)
            begins = (self.alone, 0)
            for group, rate, begin in zip(
                self.optimizer.param_groups, rates, begins, strict=True
            ):
                group["lr"] = rate * self.factor(begin)
            self.learn(rows)
            self.step += 1
            if self.step % settings.every == 0 or self.step == settings.steps:
                loss = self.since[0] / max(1, self.since[1])
                self.curve.append(
                    PretrainPoint(step=self.step, wordpieces=self.wordpieces, loss=loss)
                )
                self.since = [0.0, 0]
                save()
            told(1)

    def factor(self, begin: int) -> float:
        """Share of the highest rate now, for weights that move from `begin` on."""
        done, total = self.step - begin, self.settings.steps - begin
        warmup = max(1, round(self.settings.warmup * total))
        return max(0.0, min((done + 1) / warmup, (total - done) / (total - warmup + 1)))

    def learn(self, rows: Rows) -> None:
        """One step."""
        batch = mask_rows(self.masked, rows, self.settings.masked)
        with torch.enable_grad(), precision(self.masked):
            loss, count = loss_of(self.masked, batch)
        (loss / max(1, count)).backward()
        torch.nn.utils.clip_grad_norm_(self.masked.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.since = [self.since[0] + float(loss.detach()), self.since[1] + count]
        self.wordpieces += int(batch["attention_mask"].sum())

    def save(self, path: Path) -> None:
        """Write all that the steps left need, whole or not at all."""
        state = {
            "key": self.key,
            "model": self.masked.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "at": [self.step, self.wordpieces, self.before, *self.since],
            "curve": [point.model_dump() for point in self.curve],
        }
        with replace_file(path) as temporary:
            torch.save(state, temporary)

    def restore(self, path: Path) -> None:
        """Go back to what `save` wrote. RAISES: ValueError if that is another run's."""
        state: dict[str, Any] = torch.load(path, weights_only=True)
        if state["key"] != self.key:
            raise ValueError(
                f"{path} is of a run with another encoder, texts or settings; delete "
                "it, or start over with --no-resume"
            )
        self.masked.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["random"])
        self.step, self.wordpieces, self.before = state["at"][:3]
        self.since = state["at"][3:]
        self.curve = [PretrainPoint(**point) for point in state["curve"]]
