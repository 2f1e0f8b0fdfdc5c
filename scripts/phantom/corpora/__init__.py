"""From examples to DocBin: split, convert, weigh."""
