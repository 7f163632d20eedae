"""Children under age: a registered guardian acts for them, with an account of the guardian's own."""
