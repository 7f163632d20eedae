"""Entitlements (Thông tin hưởng): what social insurance has granted a participant, and what was paid of it.

Five kinds, as the application shows them: lump sums; sickness, maternity and convalescence; what is paid month by month
(pensions and allowances); unemployment; and settlements of occupational accidents and diseases. What is paid every month
after an occupational accident is a monthly allowance among the others.

An entitlement is kept from the moment its dossier is known, and shown once the dossier is approved: the row scope says so,
once, for every way to it.
"""
