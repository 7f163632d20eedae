"""Accounts: who the participant is, and how a person signs in.

The account name is the social security code: ten digits, issued once, kept for life. It has no published
check digit, and nothing may be read from its first digits. An account belongs to one person and is used on
one device at a time.
"""
