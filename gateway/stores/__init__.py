"""How each kind of store is connected, and what its errors mean. Others use ``gateway.database``."""
