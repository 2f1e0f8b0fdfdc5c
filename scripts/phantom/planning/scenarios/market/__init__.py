"""A market of agents: traders on order books, firms, banks that lend to each other."""
