"""What a column holds, as its header and its cells say."""
