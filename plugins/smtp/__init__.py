"""E-mail to people, by SMTP."""
