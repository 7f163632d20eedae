"""Another phone number or e-mail address: the password, a code to the old one, a code to the new one, and then it counts."""
