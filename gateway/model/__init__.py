"""The declared graph: every field that plugins contribute, with its owner, rule, source and resolved type.

Built once from the plugins' classes; the start-up checks, the assembly, the reference executor and the published contract
all read this one model.
"""

from gateway.model.graph import Model, ModelBuilder
from gateway.model.members import Member, Shape, definition_of, type_name
from gateway.model.row_sets import RowSet

__all__ = ["Member", "Model", "ModelBuilder", "RowSet", "Shape", "definition_of", "type_name"]
