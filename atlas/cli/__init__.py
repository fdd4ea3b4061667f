"""The commands of `python -m atlas`.

Others use: locate_command, import_command.
May import: everything but screen.
"""
