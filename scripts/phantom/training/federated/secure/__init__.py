"""Masked sums: the coordinator learns what the sites' updates come to, and no update.

The protocol is that of Bonawitz et al. 2017 (Practical secure aggregation for
privacy-preserving machine learning, CCS), with its signatures against a coordinator
that lies. Primitives are those of cryptography and PyCryptodome.
"""
