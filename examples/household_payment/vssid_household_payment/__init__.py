"""Online payment of household health insurance (bảo hiểm y tế hộ gia đình).

People whom no employer and no budget insures join with their household. The first member pays the full
premium, each further one less. A person orders a payment here and pays it with the bank transfer's reference; an
officer of the agency that looks after the household follows the orders.
"""
