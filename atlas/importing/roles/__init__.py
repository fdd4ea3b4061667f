"""What a column holds, as its header and its cells say.

`guessing.guess` is the way in; the words of headers are in `header_words`. May import: `countries`.
"""
