"""A site and its coordinator agree on masks, or nothing is handed in."""

from pathlib import Path
from typing import Any, cast

import pytest

from phantom.corpora.origins import OriginCounts
from phantom.training.federated.handing import Masking, Work, choose
from phantom.training.federated.messages import Labels, Settings


def work(secure: int) -> Work:
    none = cast(Any, None)
    settings, labels = Settings(secure=secure), Labels(entities=("A",))
    about = labels, OriginCounts(), labels, settings, "s1", "l"
    return Work(none, *about, Path("work"))


def test_a_site_that_wants_masks_hands_nothing_in_without_them(tmp_path: Path) -> None:
    link = cast(Any, None)
    masking = Masking(tmp_path, "localhost", 3)
    with pytest.raises(ValueError, match="would see this site's update alone"):
        choose(work(0), link, masking, print)
    with pytest.raises(ValueError, match="needs the site's certificate"):
        choose(work(3), link, None, print)
    assert choose(work(0), link, Masking(tmp_path, "localhost"), print)
