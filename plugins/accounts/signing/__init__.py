"""Signing in on one device, changing the password, signing out."""
