"""Who looked at me (Lịch sử truy cập thông tin): the audit trail, as far as it is about the one who asks.

The entries are the core's; this plugin owns no table. A citizen sees what others read of them: which hospital, which agency of
social insurance, which guardian, what kind of data, when and what for. Not the name of an officer: the agency answers for it.
"""
