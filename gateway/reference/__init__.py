"""The reference executor: resolvers and batched loaders made from declared data, run by strawberry and graphql-core.

It is the definition of every answer and the only maker of errors; anything faster must give the same bytes.
"""
