"""Health care book (Sổ khám chữa bệnh): the visits that health insurance has paid for, year by year from 2017 on.

In 2017 the facilities were connected to the assessment of claims, so there is nothing before. A visit belongs to the year in
which it began in Vietnam; what it cost is borne by the fund, by the person and by other sources, to the last đồng. A person
may have changed cards during a visit: both numbers are kept, as they were, whatever the person's number is now.
"""
