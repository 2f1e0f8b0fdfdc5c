"""Long documents on the review page: drawn at once, and only what changed anew."""

from pathlib import Path

from tests.builders import example
from tests.builders.browser import Page, browser, needs_chromium, picture
from tests.builders.reviews import make_review, running

from phantom.jsonl import write_jsonl
from phantom.records import Example, Labelled
from phantom.review.lines import ExampleFile
from phantom.review.session import Review

pytestmark = needs_chromium
# Edits of an annotation at random: what is drawn piece by piece, and drawn anew, is the
# same, and so is the way from its places to offsets.
PATCH = """
const done = arguments[0];
(async () => {
  const { TextView } = await import("/text.js");
  const model = await import("/model.js");
  const schema = { hue: () => "hue-0" };
  let seed = 7;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  const points = Array.from(
    "ab \U0001f9eacd ef gh ij kl mn op qr st uv wx yz".repeat(2));
  const ghosts = [
    { start: 1, end: 5, label: "A" }, { start: 20, end: 33, label: "B" }];
  const make = () => new TextView(document.createElement("div"), document.body);
  const kept = make();
  let annotation = { entities: [], relations: [] };
  const differ = [];
  for (let turn = 0; turn < 400; turn++) {
    const [start, size] = [random(points.length - 6), 1 + random(6)];
    const some = annotation.entities.length && random(annotation.entities.length);
    const work = random(4);
    const crossed = model.overlapping(annotation, start, start + size) >= 0;
    if (work < 2 && (!crossed || random(20) === 0)) {
      annotation = model.addEntity(annotation, points, start, start + size, "AB"[work]);
    } else if (work === 2 && annotation.entities.length) {
      annotation = model.removeEntity(annotation, some);
    } else if (annotation.entities.length) {
      annotation = model.relabelEntity(annotation, some, "C");
    }
    const wrong = new Set(["entity 1"]);
    const state = { active: random(3), source: random(3), wrong };
    const fresh = make();
    const what = [points, annotation, ghosts, schema, state];
    for (const view of [kept, fresh]) view.draw(...what);
    for (const view of [kept, fresh]) {
      view.root.querySelectorAll(".edge").forEach((x) => x.remove());
      view.root.querySelectorAll(".edged").forEach((x) => x.classList.remove("edged"));
    }
    const same = kept.root.textContent === points.join("")
      && kept.root.innerHTML === fresh.root.innerHTML
      && JSON.stringify(kept.nodes.map((n) => [n.start, n.end, n.node.data]))
        === JSON.stringify(fresh.nodes.map((n) => [n.start, n.end, n.node.data]))
      && kept.marks.length === fresh.marks.length
      && kept.nodes.every((n) => kept.root.contains(n.node));
    if (!same) differ.push([turn, kept.root.innerHTML, fresh.root.innerHTML]);
  }
  return differ.slice(0, 1);
})().then(done, (error) => done([String(error.stack)]));
"""


def long_review(folder: Path, pairs: int) -> Review:
    """3,000 words with so many pairs of mentions, predicted otherwise."""
    words = 3000 // pairs - 2
    marked = "<CHEMICAL id={}>Iron</CHEMICAL> eased <DISEASE id={}>gout</DISEASE> "
    rest = "in men " * (words // 2)
    links = [(2 * i, "TREATS", 2 * i + 1) for i in range(pairs)]
    text = "".join(marked.format(2 * i, 2 * i + 1) + rest for i in range(pairs))
    long = example(text.strip(), *links, id="long")
    other = [x.model_copy(update={"label": "DISEASE"}) for x in long.entities]
    found = Labelled(id="long", text=long.text, entities=other)
    write_jsonl(folder / "predicted.jsonl", [found])
    examples: list[Example] = [example("Rest.", id="b"), long]
    predicted = ExampleFile(folder / "predicted.jsonl", Labelled)
    return make_review(folder, examples, predicted=predicted)


def test_a_dense_document_of_3000_words_is_drawn_at_once(tmp_path: Path) -> None:
    # Two words of five are marked and related, and predicted with another label.
    review = long_review(tmp_path, pairs=600)
    with running(review) as address, browser("desktop") as driver:
        page = Page(driver, address)
        page.enter("ann")
        times, steps = [], []
        for _ in range(3):
            page.at("b")
            start = page.work()
            page.press("n")
            page.at("long")
            page.wait(lambda: page.all("#mentions button"))
            times.append(page.work() - start)
            start = page.work()
            page.press(".")
            steps.append(page.work() - start)
            page.press("b")
        # 0.09 to 0.12 s on one busy core; a square of the mentions takes seconds.
        assert min(times) < 0.6 and min(steps) < 0.6
        page.press("n")
        page.at("long")
        picture(driver, "desktop-long")
        # Arcs are drawn where one looks, and the rest of a list when asked for.
        seen = "return [...document.querySelectorAll('#arcs text')].length"
        assert 5 < driver.execute_script(seen) < 200
        assert len(page.all("#text mark.ghost")) == 1200
        assert page.all("#text span.ghost") == []
        driver.execute_script("document.getElementById('scroll').scrollTop = 1e6")
        page.settle()
        lowest = "return document.querySelector('#arcs g:last-child').getBBox().y"
        assert driver.execute_script(lowest) > 1000
        driver.execute_script(
            "document.querySelector('#mentions li:last-child button').click()"
        )
        page.wait(lambda: len(page.all("#mentions li")) == 1200)
        # What is drawn anew after an edit is what changed.
        assert driver.execute_async_script(PATCH) == []
        assert page.faults() == []
