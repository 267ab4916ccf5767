CLEAR = "-"  # this cell empties the stored value; an empty cell leaves it alone
SEVERAL = "|"  # between the values of a cell that holds several
