"""Twenty kinds of pages as they stand on the web, of our own making, each with what a reader would say about it."""

# ruff: noqa: E501 - lines of pages are as long as pages have them

from dataclasses import dataclass, field

DE = (
    "Die Stadt hat die Unterführung am Bahnhof neu beleuchtet und die Wände hell gestrichen. Nach einem Jahr sagen mehr "
    "Menschen, dass sie sich dort auch am Abend sicher fühlen, und die Zahl der Beschwerden ist deutlich gesunken. "
    "Das Ordnungsamt und die Polizei gehen nicht mehr getrennt, sondern mit den Fachkräften der Straßensozialarbeit."
)
EN = (
    "The city has installed new lights in the underpass and painted the walls. After one year more people say that they "
    "feel safe there in the evening, and the number of complaints has fallen. The evaluation was done by the university "
    "with interviews and a survey of residents who use the station on most days of the week."
)
FR = (
    "La ville a installé de nouveaux éclairages dans le passage et les murs ont été peints. Après une année, plus de "
    "personnes disent que le lieu est sûr pour elles dans la soirée et les plaintes sont moins nombreuses. Une équipe "
    "de médiation est présente dans le quartier avec les habitants et les commerces qui sont autour de la gare."
)


def body(text: str, heading: str = "", extra: str = "") -> str:
    title = f"<h1>{heading}</h1>" if heading else ""
    paragraphs = "".join(f"<p>{text}</p>" for _ in range(3))
    menu = "<nav><ul><li><a href='/'>Start</a></li><li><a href='/rathaus'>Rathaus</a></li></ul></nav>"
    foot = "<footer><a href='/impressum'>Impressum</a> <a href='/datenschutz'>Datenschutz</a></footer>"
    return f"<body>{menu}<main><article>{title}{extra}{paragraphs}</article></main>{foot}</body></html>"


def html(head: str, rest: str, lang: str = "de") -> str:
    return f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{head}</head>{rest}'


@dataclass(frozen=True)
class Example:
    """A page and what it says: title, publisher, day (or year), language; further facts in ``more``."""

    name: str
    content: str | bytes
    title: str
    publisher: str
    date: str
    language: str
    kind: str = "text/html; charset=utf-8"
    host: str = "seite.example"
    path: str = "/"
    more: dict[str, object] = field(default_factory=dict)


NEWS = html(
    '<title>Heller Tunnel, weniger Angst | Nordblick</title><meta property="og:type" content="article">'
    '<meta property="og:title" content="Heller Tunnel, weniger Angst"><meta property="og:site_name" content="Nordblick">'
    '<meta property="og:description" content="Wie eine Unterführung ihren Schrecken verlor.">'
    '<meta property="og:image" content="/bilder/tunnel.jpg">'
    '<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Nordblick"},'
    '{"@type":"NewsArticle","headline":"Heller Tunnel, weniger Angst","datePublished":"2024-03-12T06:00:00+01:00",'
    '"dateModified":"2024-03-14","author":[{"@type":"Person","name":"Redaktion Stadt"}],'
    '"publisher":{"@type":"Organization","name":"Nordblick"},"inLanguage":"de-DE"}]}</script>',
    body(DE, "Heller Tunnel, weniger Angst"),
)
CITY = (
    "<HTML><HEAD><TITLE>Musterstadt - Sicherheit im Bahnhofsviertel</TITLE></HEAD><BODY bgcolor=white>"
    "<table><tr><td><a href=/>Start</a><td><font size=5><b>Sicherheit im Bahnhofsviertel</b></font><br>"
    f"Stand: 05.09.2023<p>{DE}<p>{DE}<p>{DE}</table><hr>Stadt Musterstadt, Der Oberbürgermeister"
)
CITY_CMS = html(
    '<title>Ordnungspartnerschaft | Stadt Beispielhausen</title><meta name="description" content="Polizei und Stadt gehen'
    ' gemeinsam Streife."><meta name="date" content="2022-11-08"><meta name="author" content="Stadt Beispielhausen">',
    body(DE, "Ordnungspartnerschaft"),
)
JOURNAL = html(
    "<title>Street lighting and crime: a review - Journal of Urban Safety</title>"
    '<meta name="citation_title" content="Street lighting and crime: a review">'
    '<meta name="citation_author" content="Author, A."><meta name="citation_author" content="Writer, B.">'
    '<meta name="citation_journal_title" content="Journal of Urban Safety">'
    '<meta name="citation_publication_date" content="2021/05/17"><meta name="citation_doi" content="10.5555/jus.2021.17">'
    '<meta name="citation_language" content="en"><meta name="citation_abstract" content="We reviewed 21 studies.">',
    body(EN, "Street lighting and crime: a review"),
    "en",
)
REPOSITORY = html(
    '<title>Hochschulschriften - Angsträume in Mittelstädten</title><link rel="schema.DC" href="http://purl.org/dc/">'
    '<meta name="DC.title" content="Angsträume in Mittelstädten"><meta name="DC.creator" content="Institut für Raum">'
    '<meta name="DC.publisher" content="Universität Beispiel"><meta name="DCTERMS.issued" content="2019-06-30">'
    '<meta name="DC.language" content="ger"><meta name="DC.description" content="Eine Befragung in sechs Städten.">',
    body(DE, "Angsträume in Mittelstädten"),
)
BLOG = html(
    '<title>Was Nachtbürgermeister tun &#8211; Stadtgespräch</title><meta property="og:site_name" content="Stadtgespräch">'
    '<meta property="article:published_time" content="2025-01-20T18:30:00+00:00">',
    body(DE, "Was Nachtbürgermeister tun"),
)
BLOG_BY_ADDRESS = html("<title>Ein Abend am Wall</title>", body(DE, "Ein Abend am Wall"))
LATIN = (
    '<html><head><title>Förderung für Straßensozialarbeit</title><meta name="publisher" content="x">'
    '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'
    f'<meta property="og:site_name" content="Landesbehörde für Prävention"></head>'
    f'<body><h1>Förderung für Straßensozialarbeit</h1><p class="datum">3. März 2020</p><p>{DE}</p></body></html>'
).encode("latin-1")
NO_TITLE = html(
    "", body(DE, "Leitfaden für Sicherheitsgespräche", "<time datetime='2018-02-01'>1. Februar 2018</time>")
)
EUROPE = html(
    '<title>Les médiateurs de nuit - Réseau des villes</title><meta property="og:locale" content="fr_FR">'
    '<meta property="og:title" content="Les médiateurs de nuit"><meta property="og:site_name" content="Réseau des villes">',
    body(FR, "Les médiateurs de nuit", "<p class='date'>Publié le 14 juillet 2022</p>"),
    "fr",
)
AGENCY = html(
    '<title>Safer stations: lessons from twelve cities | Urban Agency</title><meta name="dcterms.issued" content="2023-10-02">'
    '<meta name="dcterms.publisher" content="Urban Agency"><meta name="dcterms.language" content="en">',
    body(EN, "Safer stations: lessons from twelve cities"),
    "en",
)
WRONG_LANGUAGE = html(
    '<title>Night mayors in Europe</title><meta property="og:site_name" content="Forum Nacht">'
    '<meta name="pubdate" content="20230915">',
    body(EN, "Night mayors in Europe"),
    "de",
)
PROJECT = html(
    '<title>Projekt Sichere Passagen</title><script type="application/ld+json">[{"@type":"ResearchProject",'
    '"name":"Projekt Sichere Passagen","description":"Drei Städte erproben Licht.","dateCreated":"2021-04-01",'
    '"publisher":{"@type":"Organization","name":"Hochschule Beispiel"}}]</script>',
    body(DE, "Projekt Sichere Passagen"),
)
BROKEN_LD = html(
    '<title>Runder Tisch Innenstadt</title><script type="application/ld+json">{"@type":"NewsArticle",,,}</script>'
    '<script type="application/ld+json">' + "[" * 3000 + "]" * 3000 + "</script>"
    '<meta property="og:site_name" content="Tagblatt Beispiel"><meta property="article:published_time" content="2024-12-01">',
    body(DE, "Runder Tisch Innenstadt"),
)
ENTITIES = html(
    "<title>Kinder &amp; Jugendliche im &quot;Park&quot; &ndash; Amt f&uuml;r Jugend</title>"
    '<meta property="og:site_name" content="Amt f&uuml;r Jugend">'
    '<meta property="og:title" content="Kinder &amp; Jugendliche im &quot;Park&quot;">',
    body(DE, "Kinder &amp; Jugendliche im &quot;Park&quot;", "<span class='byline'>Veröffentlicht am 9.8.2021</span>"),
)
PRESS = html(
    "<title>Pressemitteilung: Neue Wache eröffnet - Polizei Beispielland</title>",
    body(DE, "Pressemitteilung: Neue Wache eröffnet", "<p>Beispielstadt, 27. November 2024</p>"),
)
UMLAUTS_16 = html(
    '<title>Übergänge schaffen</title><meta property="og:site_name" content="Städtenetz">'
    '<meta name="dc.date" content="2017-05-05">',
    body(DE, "Übergänge schaffen"),
).encode("utf-16")
XHTML = (
    '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">'
    '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="de"><head><title>Kriminalprävention - Der Landesrat</title>'
    '<meta name="date" content="2016-01-12"/><meta name="DC.publisher" content="Der Landesrat"/></head>'
    + body(DE, "Kriminalprävention")
)
LONG = html(
    '<title>Alle Beschlüsse | Ratsportal</title><meta property="og:site_name" content="Ratsportal">'
    '<meta name="date" content="2020-02-29">',
    body(DE, "Alle Beschlüsse") + "<p>Zeile</p>" * 900_000,
)
STUDY = html(
    '<title>Dunkelfeldstudie 2022</title><script type="application/ld+json">{"@type":"Report","name":"Dunkelfeldstudie 2022",'
    '"datePublished":"2022","publisher":"Landeskriminalamt Beispiel","sameAs":"https://doi.org/10.5555/dfs.2022"}</script>',
    body(DE, "Dunkelfeldstudie 2022"),
)

EXAMPLES = [
    Example("news site with JSON-LD", NEWS, "Heller Tunnel, weniger Angst", "Nordblick", "2024-03-12", "de",
            more={"kind": "medienartikel", "image": "https://seite.example/bilder/tunnel.jpg",
                  "description": "Wie eine Unterführung ihren Schrecken verlor.", "authors": ("Redaktion Stadt",)}),
    Example("city site with poor markup", CITY, "Sicherheit im Bahnhofsviertel", "Musterstadt", "2023-09-05", "de",
            host="www.musterstadt.example"),
    Example("city site with a usual system", CITY_CMS, "Ordnungspartnerschaft", "Stadt Beispielhausen", "2022-11-08", "de",
            more={"description": "Polizei und Stadt gehen gemeinsam Streife."}),
    Example("journal with citation tags", JOURNAL, "Street lighting and crime: a review", "Journal of Urban Safety",
            "2021-05-17", "en", more={"kind": "fachartikel", "doi": "10.5555/jus.2021.17",
                                      "authors": ("Author, A.", "Writer, B."), "description": "We reviewed 21 studies."}),
    Example("repository with Dublin Core", REPOSITORY, "Angsträume in Mittelstädten", "Universität Beispiel",
            "2019-06-30", "de", more={"description": "Eine Befragung in sechs Städten."}),
    Example("blog", BLOG, "Was Nachtbürgermeister tun", "Stadtgespräch", "2025-01-20", "de"),
    Example("blog that dates by its address", BLOG_BY_ADDRESS, "Ein Abend am Wall", "blog.example", "2022-05-09", "de",
            host="blog.example", path="/2022/05/09/ein-abend"),
    Example("Latin-1, named in the page only", LATIN, "Förderung für Straßensozialarbeit", "Landesbehörde für Prävention",
            "2020-03-03", "de", kind="text/html"),
    Example("no title", NO_TITLE, "Leitfaden für Sicherheitsgespräche", "amt.example", "2018-02-01", "de",
            host="www.amt.example"),
    Example("French", EUROPE, "Les médiateurs de nuit", "Réseau des villes", "2022-07-14", "fr"),
    Example("English agency", AGENCY, "Safer stations: lessons from twelve cities", "Urban Agency", "2023-10-02", "en"),
    Example("language declared wrongly", WRONG_LANGUAGE, "Night mayors in Europe", "Forum Nacht", "2023-09-15", "en"),
    Example("project page", PROJECT, "Projekt Sichere Passagen", "Hochschule Beispiel", "2021-04-01", "de",
            more={"kind": "projekt"}),
    Example("broken JSON-LD", BROKEN_LD, "Runder Tisch Innenstadt", "Tagblatt Beispiel", "2024-12-01", "de"),
    Example("entities", ENTITIES, 'Kinder & Jugendliche im "Park"', "Amt für Jugend", "2021-08-09", "de"),
    Example("press release", PRESS, "Pressemitteilung: Neue Wache eröffnet", "Polizei Beispielland", "2024-11-27", "de",
            host="polizei.beispielland.example"),
    Example("UTF-16", UMLAUTS_16, "Übergänge schaffen", "Städtenetz", "2017-05-05", "de", kind="text/html"),
    Example("XHTML", XHTML, "Kriminalprävention", "Der Landesrat", "2016-01-12", "de", kind="application/xhtml+xml"),
    Example("ten megabytes", LONG, "Alle Beschlüsse", "Ratsportal", "2020-02-29", "de"),
    Example("report with a year only", STUDY, "Dunkelfeldstudie 2022", "Landeskriminalamt Beispiel", "2022", "de",
            more={"doi": "10.5555/dfs.2022"}),
]  # fmt: skip
