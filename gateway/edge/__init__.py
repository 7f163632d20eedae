"""The HTTP edge: GraphQL over HTTP, downloads, health, the explorer page, and the server with its deadlines."""

from __future__ import annotations

from gateway.edge.downloads import DownloadEndpoint
from gateway.edge.explorer import ExampleOperation, Examples, explorer_routes
from gateway.edge.graphql import GraphQLEndpoint
from gateway.edge.server import listen, run, serve
from gateway.edge.site import GRAPHQL_PATH, Site, site

__all__ = [
    "GRAPHQL_PATH",
    "DownloadEndpoint",
    "ExampleOperation",
    "Examples",
    "GraphQLEndpoint",
    "Site",
    "explorer_routes",
    "listen",
    "run",
    "serve",
    "site",
]
