"""Tables of an operator, as text."""

OPERATORS = """id,name,country,fuel,status,capacity mw,lat,lon
b1,Bursa,Türkiye,gas,running,1500,40.2,29.1
c1,Cordoba,Argentina,coal,closed,,-31.4,-64.2
d1,Detroit,,gas,running,12.5,42.3,-83.1
e1,Erfurt,Germany,gas,,7,51,11
f1,Fes,Morocco,coal,closed,8,91,0
g1,Graz,Austria,coal,running,9,47,15.4
"""


def many(size: int) -> str:
    """A table whose capacities run against its order; the countries take turns."""
    lines = [
        f"Plant {n:05},{('Italy', 'Peru', 'Fiji')[n % 3]},{n % 160 - 79.5},{n % 360 - 179.5},{size - n}"
        for n in range(size)
    ]
    return "\n".join(["name,country,lat,lon,capacity mw", *lines]) + "\n"
