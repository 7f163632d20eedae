"""SMS to people, through a gateway that speaks HTTP: signed requests of JSON, each with its dedupe key."""
