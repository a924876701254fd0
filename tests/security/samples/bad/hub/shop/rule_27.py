from urllib.request import urlopen


def look(url):
    with urlopen(url) as page:
        return page.read()
