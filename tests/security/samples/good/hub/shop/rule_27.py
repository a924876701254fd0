from hub.fetching.safe_fetch import fetch


def look(url):
    return fetch(url).content
