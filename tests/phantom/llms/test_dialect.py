"""What an endpoint refuses is left out of the next request."""

from typing import Any

import pytest

from phantom.llms.wire.dialect import Dialect
from phantom.llms.wire.faults import FaultError


def refusal(message: str, status: int = 400, **fields: Any) -> FaultError:
    return FaultError("status", message, status, **fields)


def test_dialect_learns() -> None:
    dialect = Dialect({"model": "m", "max_tokens": 5, "seed": 1})
    wrong = refusal("Use 'max_completion_tokens' instead")
    first = dialect.settings
    assert dialect.adapt(wrong, first)
    assert dialect.request({})["max_completion_tokens"] == 5
    assert dialect.adapt(refusal("bad", param="seed"), dialect.settings)
    assert "seed" not in dialect.request({})
    sent = dialect.settings
    assert dialect.adapt(refusal("no response_format"), sent)
    assert dialect.mode == "json"
    # Requests that went out before the change are sent again as it is now.
    for refused in (sent, first):
        for fault in (refusal("no response_format"), wrong, refusal("bad")):
            assert dialect.adapt(fault, refused) == ""
    assert dialect.mode == "json"
    dialect.prove("json")
    sent = dialect.settings
    assert dialect.adapt(refusal("too long"), sent) is None
    assert dialect.adapt(refusal("down", 500), sent) is None


def test_a_refusal_without_a_cause_is_no_proof_against_the_schema() -> None:
    dialect = Dialect({"model": "m"})
    fault = refusal("Bad Request")
    assert dialect.adapt(fault, dialect.settings, again=False) == ""
    assert dialect.mode == "schema"
    assert dialect.adapt(fault, dialect.settings) == "structured output: json"
    # Another request, sent before, comes back with an item after all.
    dialect.prove("schema")
    assert dialect.mode == "schema"
    assert dialect.adapt(fault, dialect.settings) is None
    other = Dialect({"model": "m"})
    for mode in ("json", "text"):
        assert other.adapt(fault, other.settings) == f"structured output: {mode}"
    assert other.adapt(fault, other.settings) is None, "refused in every mode"
    assert other.mode == "schema"


@pytest.mark.parametrize(
    ("message", "options", "left"),
    [
        ("max_tokens is too large: 9000. This model supports at most 4096 completion "
         "tokens", {"max_tokens": 9000}, {"max_tokens": 4096}),
        ("max_tokens: 8192 > 4096, which is the maximum allowed", {"max_tokens": 8192},
         {"max_tokens": 4096}),
        ("Unknown parameter: 'max_completion_tokens'. Use max_tokens instead",
         {"max_completion_tokens": 7}, {"max_tokens": 7}),
        ("`max_tokens` must be less than or equal to `4096`, the maximum",
         {"max_tokens": 9000}, {"max_tokens": 4096}),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 4096]",
         {"max_tokens": 9000}, {"max_tokens": 4096}),
        ("Range of max_tokens should be [1, 4096]", {"max_tokens": 9000},
         {"max_tokens": 4096}),
        ("'temperature' does not support 0.2 with this model", {"temperature": 0.2},
         {}),
        ("Unrecognized request argument supplied: top_k", {"top_k": 3, "seed": 1},
         {"seed": 1}),
    ],
)  # fmt: skip
def test_settings_as_servers_refuse_them(
    message: str, options: dict[str, Any], left: dict[str, Any]
) -> None:
    dialect = Dialect({"model": "m", **options})
    assert dialect.adapt(refusal(message), dialect.settings)
    assert dialect.settings == ("schema", {"model": "m", **left})


def test_a_router_that_finds_nobody_for_the_schema() -> None:
    told = "No endpoints found that support the requested parameters: response_format"
    fault = FaultError("status", told, 404)
    dialect = Dialect({"model": "m"})
    assert dialect.adapt(fault, dialect.settings) == "structured output: json"
    gone = FaultError("status", "No endpoints found for m.", 404)
    assert dialect.adapt(gone, dialect.settings) is None
