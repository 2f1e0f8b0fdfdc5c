"""What the model answered: journal, ledger, answers, failures, shards."""
