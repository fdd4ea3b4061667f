"""What is true of Alfa Romeos: the tables of data/, who built what when, and the source of each fact.

Others use: schemas, tables, runs, facts, history, claims, changes, born, story.
May import: the ground floor.
"""
