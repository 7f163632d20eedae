"""The built-in plugins. Each is a subgraph of its own; none imports another."""
