"""A person looks at examples: the queue, what was decided, how far people agree."""
