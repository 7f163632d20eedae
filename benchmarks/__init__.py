"""What a request costs, here and elsewhere: the gateway against other servers that answer the same from the same database.

``make bench`` runs it; ``benchmarks/CONTENDERS.md`` tells how to take part, ``benchmarks/RESULTS.md`` what came of it.
"""
