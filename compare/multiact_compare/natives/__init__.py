"""What the frameworks' own activation functions do: the table of them, their measurement, and how
to write one framework's call in another.
"""
