"""Prove what leaves: the road with planted private text, every byte that goes out."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.options import PackPath
from console.step import run_step
from phantom.jsonl import write_json, write_text
from phantom.packs.pack import load_pack
from phantom.privacy.egress import Markers, has_namespaces, run_guarded
from phantom.privacy.egress.stage import command, digest_inputs, road, stage
from phantom.reports.egress import account, to_html


def prove_egress(
    pack_path: PackPath,
    output: Annotated[Path, Argument(help="Folder for what is kept")],
    report: Annotated[Path, Argument(help="The report (.json; .html beside it)")],
    only: Annotated[
        str, Option(help="Commands of project.yml, commas between; '': the road")
    ] = "",
    examples: Annotated[int, Option(help="Examples in the first plan", min=1)] = 60,
    more: Annotated[int, Option(help="New ones in each round after it", min=1)] = 20,
    whole: Annotated[bool, Option(help="Train and evaluate as well")] = False,
    markers: Annotated[int, Option(help="Made-up words to plant", min=3)] = 200,
    seed: Annotated[int, Option(help="Of the markers")] = 0,
    namespace: Annotated[
        bool, Option(help="Have the kernel cut off every network but loopback")
    ] = True,
) -> None:
    """Fail if a marker is in what went out, or if anything tried to leave."""
    pack = load_pack(pack_path)
    planted = Markers(markers, seed)
    folder, kept = output / "project", output / "kept"
    files = stage(Path.cwd(), folder, pack_path.parent, planted)
    llm = (output / "endpoint.cfg").resolve()
    names = [name.strip() for name in only.split(",") if name.strip()]
    commands = [command(name, pack.name, {"llm": str(llm)}) for name in names]
    commands = commands or road(pack.name, llm, examples, more, whole)
    inputs = digest_inputs(folder, commands)
    if namespace and not has_namespaces():
        msg.warn("No network namespace on this machine: Python's sockets are guarded")
        namespace = False
    environment = {"OPENAI_API_KEY": "none", "HF_HUB_OFFLINE": "1"}
    done = run_guarded(folder, commands, kept.resolve(), environment, llm, namespace)
    figures = account(done, planted, files, commands, seed, inputs)
    page = report.with_suffix(".html")
    write_json(report, figures)
    write_text(page, to_html(figures, kept))
    rows = [
        (x["program"] or "in the model's place", x["sockets"], f"{x['bytes']:,}")
        for x in figures["programs"][:20]
    ]
    header = ("program", "sockets", "bytes out")
    msg.table(rows, header=header, aligns=("l", "r", "r"), divider=True)
    if len(done.statuses) < len(commands) or any(done.statuses):
        failed = figures["commands"][len(done.statuses) - 1]
        raise ValueError(f"{failed}: failed behind the wall\n{done.output[-2000:]}")
    for line in done.refused[:5]:
        msg.warn(f"{line['program']} wanted to reach {line['address']}")
    if not figures["passed"]:
        count = sum(figures["leaked"].values())
        raise ValueError(
            f"{count:,} markers in what went out, {len(done.refused)} "
            f"attempts to leave this machine, {done.unseen:,} bytes unseen; see "
            f"{page} and {kept}"
        )
    wall = "kernel and guard" if done.namespace else "guard of Python's sockets"
    msg.good(
        f"{done.bytes_sent:,} bytes went out over {len(done.sent)} connections; none "
        f"of {len(planted.words)} markers is in them ({wall})",
        f"{page} and .json; inputs {inputs}",
    )


if __name__ == "__main__":
    run_step(prove_egress)
