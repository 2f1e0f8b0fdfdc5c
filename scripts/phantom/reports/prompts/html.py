"""The page of a prompt search: variants side by side, with what each wrote."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

from phantom.prompts.variants import Variant, wordings_of
from phantom.records import Example
from phantom.reports.pages import page_environment
from phantom.reports.prompts.build import Scored, show_scores
from phantom.reports.quality.passages import colors, to_passage


def prompts_html(
    title: str,
    variants: Sequence[Variant],
    scored: Mapping[str, Scored],
    passages: Mapping[str, Sequence[Example]],
    winner: str,
) -> str:
    """Render the page; variants in the order of their scores, the winner first.

    RETURNS (str): A page on its own, without a script, with nothing to fetch.
    """
    order = sorted(
        (x for x in variants if x.name in scored),
        key=lambda x: (x.name != winner, -scored[x.name].asked, -scored[x.name].total),
    )
    plain = {
        name: [
            {
                "text": x.text,
                "entities": [[e.start, e.end, e.label] for e in x.entities],
            }
            for x in some
        ]
        for name, some in passages.items()
    }
    palette = colors([sample for some in plain.values() for sample in some])
    page = page_environment(Path(__file__).parent).get_template("prompts.html.jinja")
    return page.render(
        title=title,
        variants=order,
        scores={name: show_scores(x) for name, x in scored.items()},
        scored=scored,
        passages=plain,
        relations={
            name: [
                [
                    (x.entities[r.head].text, r.label, x.entities[r.tail].text)
                    for r in x.relations
                ]
                for x in some
            ]
            for name, some in passages.items()
        },
        winner=winner,
        wordings={
            x.name: {wording.what: text for wording, text in wordings_of(x).items()}
            for x in order
        },
        passage=lambda sample: Markup(to_passage(sample, palette)),
    )
