"""Take part in a federated training as a site: text stays, weights and labels go."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option
from wasabi import msg

from console.step import run_step
from phantom.training.federated.handing import Masking
from phantom.training.federated.link import connect
from phantom.training.federated.site import take_part


def federate_site(
    site: Annotated[str, Argument(help="Name of this site, as its certificate says")],
    kit: Annotated[Path, Argument(help="Folder of its certificate and key")],
    config: Annotated[Path, Argument(help="Training config, as the coordinator's")],
    corpus: Annotated[Path, Argument(help="Folder that `convert` filled; it stays")],
    output: Annotated[Path, Argument(help="Folder for the pipeline of all sites")],
    encoder: Annotated[str, Option(help="Name or path; '' for the config's")] = "",
    secure: Annotated[
        int, Option(help="Sites in each masked sum, at least; 0: as the others", min=0)
    ] = 0,
    host: Annotated[str, Option(help="The coordinator's")] = "localhost",
    port: Annotated[int, Option(help="The coordinator's")] = 8443,
) -> None:
    """Train as asked until the last round; start it again after an interruption."""
    with connect(kit, site, host, port, msg.info) as link:
        masking = Masking(kit, host, secure)
        take_part(link, site, config, corpus, output, msg.info, encoder, masking)
    msg.good(f"Pipeline of all sites in {output / 'pipeline'}")


if __name__ == "__main__":
    run_step(federate_site)
