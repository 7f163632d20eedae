"""Personal information: where a person is reached and lives, what paper shows who they are, who looks after them."""
