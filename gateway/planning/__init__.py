"""Compiled plans: operations whose SQL and answer's shape are known beforehand; anything unusual is left to the reference."""
