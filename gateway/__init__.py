"""The VssID gateway's core: it knows the plugin contract and never a plugin.

Start with :mod:`gateway.hookspecs` (the contract), :mod:`gateway.authoring` (what a plugin writes with) and
:mod:`gateway.app` (the one place that composes everything).
"""
