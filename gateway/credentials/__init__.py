"""What people and systems prove themselves with: passwords, codes of authenticator apps, and the tokens of sessions."""

from gateway.credentials.hashing import LONGEST, PasswordHashing, PasswordTooLong, salted_hash
from gateway.credentials.password_rules import PasswordFault, password_fault
from gateway.credentials.sealing import Sealing
from gateway.credentials.tokens import is_token, new_token, token_hash
from gateway.credentials.totp import new_totp_secret, totp_step, totp_uri

__all__ = [
    "LONGEST",
    "PasswordFault",
    "PasswordHashing",
    "PasswordTooLong",
    "Sealing",
    "is_token",
    "new_token",
    "new_totp_secret",
    "password_fault",
    "salted_hash",
    "token_hash",
    "totp_step",
    "totp_uri",
]
