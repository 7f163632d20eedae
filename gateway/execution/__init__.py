"""From a request to an answer: who asks, which operation, a plan or the reference, errors masked."""

from gateway.execution.executor import Executor
from gateway.execution.recognition import Recognition
from gateway.execution.requests import Answer, Caller, GraphQLRequest, Sender

__all__ = ["Answer", "Caller", "Executor", "GraphQLRequest", "Recognition", "Sender"]
