"""Health insurance card: who is insured, at what benefit level, from when to when, and where first treated.

Two forms of the number are in use. The old one has 15 characters (Decision 1351/QĐ-BHXH): two letters for
the kind of insured person, a digit for the benefit level, two for the issuing province (97 and 98 stand for
Defence and Public Security), then the ten digits of the social security code. The new one (Decision
1666/QĐ-BHXH, from 1 April 2021) is the social security code alone; the benefit level is printed apart from
it. Old cards stay valid until they expire or are exchanged, so both must be read.

The benefit level is always the one on the card. It is never worked out from the kind of insured person: the
published sources disagree for some kinds, and the rules have changed more than once.
"""
