"""Federated training: sites keep their corpora and send changes of weights."""
