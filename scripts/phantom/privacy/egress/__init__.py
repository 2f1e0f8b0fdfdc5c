"""Proof of what leaves: commands run behind a wall, every byte that goes out kept."""

from phantom.privacy.egress.endpoint import Endpoint
from phantom.privacy.egress.markers import Markers, plant
from phantom.privacy.egress.run import Run, has_namespaces, run_guarded

__all__ = ["Endpoint", "Markers", "Run", "has_namespaces", "plant", "run_guarded"]
