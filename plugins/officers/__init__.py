"""Officers: who works at an agency of social security, in which roles, and how they sign in.

Agencies are a tree: the centre, the provinces, their districts. An officer belongs to one agency and has one or several
roles; what each role may do is said by the plugins whose scopes name it. Officers are added by administrators, for the own
agency and those below it, and sign in with user name, password and a code of an authenticator app.
"""
