"""The way back to an account: a forgotten password, a lost phone."""
