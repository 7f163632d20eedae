"""Development alone: messages to people are not sent but shown at ``/dev/inbox``, where a newcomer reads the code of an SMS."""
