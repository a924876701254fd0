"""How fast the hub is: everything is measured in one run beside a floor, and told as a ratio to it.

``python -m bench`` measures the running hub as a person meets it, ``python -m bench engine`` the search engine alone.
"""
