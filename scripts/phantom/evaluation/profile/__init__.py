"""What private text is like in figures with noise: shares, never words of its own."""

from phantom.evaluation.profile.asks import make_asks, make_hints
from phantom.evaluation.profile.families import Reader
from phantom.evaluation.profile.measure import Cell, Profile, measure

__all__ = ["Cell", "Profile", "Reader", "make_asks", "make_hints", "measure"]
