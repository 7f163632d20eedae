"""A plugin of the benchmark alone: a participant's periods of social insurance, and what they are entitled to.

It brings what the home screen of an application reads most of, a long list and a short one, and is written as
``docs/plugins.md`` tells strangers to.
"""
