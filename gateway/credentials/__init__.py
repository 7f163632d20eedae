"""What people and systems prove themselves with, whoever they are: passwords, and the tokens of sessions."""

from gateway.credentials.hashing import LONGEST, PasswordHashing, PasswordTooLong, salted_hash
from gateway.credentials.tokens import is_token, new_token, token_hash

__all__ = [
    "LONGEST",
    "PasswordHashing",
    "PasswordTooLong",
    "is_token",
    "new_token",
    "salted_hash",
    "token_hash",
]
