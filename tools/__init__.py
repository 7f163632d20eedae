"""Tools for those who work on the gateway; they are not installed with it."""
