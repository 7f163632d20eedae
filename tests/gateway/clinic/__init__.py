"""A clinic: a plugin for tests that uses every source, on data as awkward as real data are.

People have an appointment card, visits and grants; facilities have wards, which officers see inside their own agency alone.
"""
