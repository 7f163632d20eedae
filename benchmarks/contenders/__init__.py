"""Servers in Python that answer what the gateway answers, each in its own way; started by uvicorn."""
