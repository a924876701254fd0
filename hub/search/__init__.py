"""The search page: query, facets, snippets."""
