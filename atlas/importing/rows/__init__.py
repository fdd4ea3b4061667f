"""Cells of a file become plant rows: values, countries, positions, names and ids, and what is wrong.

`plant_rows.build` is the way in; it joins the steps of the other modules. May import: `files`, `countries`,
`column_roles`, `problems`.
"""
