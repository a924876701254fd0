from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted


def find(typed):
    return indexing.search(Wanted(text=typed))
