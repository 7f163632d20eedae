"""Look-ups: what anybody may find without an account.

The directory of the system: provinces, social insurance agencies, medical facilities that signed a health
insurance contract, facilities that may issue sick-leave papers, employers and collection points (dispatch
3717/BHXH-CNTT, look-ups without an account). None of it is about a person, so most of it is open to
everybody.

Provinces exist in two eras. Until 30 June 2025 there were 63, and every number that social security issued
then (the old card number, facility codes, agency codes) carries a code of that era; from 1 July 2025 there
are 34. Seven codes changed hands on that day, so a province is known by era and code together, never by its
code alone.
"""
