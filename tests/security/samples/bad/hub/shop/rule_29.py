from whoosh.qparser import QueryParser


def find(searcher, schema, typed):
    return searcher.search(QueryParser("body", schema).parse(typed))
