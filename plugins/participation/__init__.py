"""Participation: who paid which insurance for a person, from which month to which, and what nobody paid.

A record is made of periods: months of one kind of insurance at one employer, or without one, in one state.
Two jobs at once give two periods for the same months, so months are never added up period by period:
totals count a month of a kind once, however many periods cover it (Annex 01, II.1.5 of Dispatch
3717/BHXH-CNTT says what is shown: time, employer, occupation, title, amount).

What the record says and what an employer owes are different questions. Months in which an employer is known
and a kind was not paid are marked, so that the person can ask; a debt is never worked out from rates.
"""
