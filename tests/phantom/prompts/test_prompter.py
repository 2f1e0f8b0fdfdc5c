"""What a template sees of a spec, and how private that is."""

from phantom.prompts.prompter import show_spec
from phantom.records import Facts, Reference, Spec, Term


def test_facts_are_shown_and_decide_how_private_the_prompt_is() -> None:
    facts = {"drug": Term(label="CHEMICAL", text="iron")}
    spec = Spec(id="a", kind="k", facts=Facts(entities=facts))
    shown = {"entities": {"drug": {"label": "CHEMICAL", "text": "iron"}}}
    assert show_spec(spec) == ({"kind": "k", "facts": shown}, "synthetic")
    private = spec.model_copy(update={"facts": Facts(origin="private")})
    assert show_spec(private)[1] == "private"


def test_a_style_reference_is_shown_where_its_text_is_there() -> None:
    spec = Spec(id="a", kind="k", reference=Reference(id="t"))
    assert show_spec(spec) == ({"kind": "k"}, "pack")
    spec = Spec(id="a", kind="k", reference=Reference(id="t", text="No rash."))
    assert show_spec(spec)[0]["write in the style of"] == "No rash."
    assert show_spec(spec)[1] == "public"
