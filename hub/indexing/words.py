"""Spelling and small words: folding of umlauts and accents, and words that carry no meaning of their own."""

import unicodedata

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ſ": "s"})

STOP_WORDS = frozenset(
    """
    der die das des dem den ein eine einer eines einem einen und oder als auch am an auf aus bei beim bis
    da dabei dadurch dafuer dagegen daher damit dann daran darauf daraus darf darin darueber darum darunter davon dazu
    dass durch er es fuer hat haben hatte hatten hier hin hinter ich ihr ihre ihrem ihren ihrer ihres im in ins
    ist jede jedem jeden jeder jedes jene jenem jenen jener jenes kann koennen koennte man mein meine mit muss
    muessen nach noch nur ob sehr sein seine seinem seinen seiner seines seit sich sie sind so sowie
    soll sollen sollte sollten sondern ueber um uns unser unsere unter vom von vor war waren was welche welchem welchen
    welcher welches wenn wer werden wie wir wird wo wurde wurden zu zum zur zwischen bzw sowohl dessen deren
    dieser diese dieses diesem diesen etwa etwas je mehr sodass gibt waehrend wegen zb ua dh usw etc
    the a an of and or against for to on at by with from is are be was were as it its that this these those which
    le la les un une du au aux et ou dans sur pour par est sont
    """.split()
)


def fold(text: str) -> str:
    """Lower case without umlauts and accents: Straße and Strasse, Müller and Mueller, café and cafe become one."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    lowered = unicodedata.normalize("NFC", lowered).translate(_UMLAUTS)
    if lowered.isascii():
        return lowered
    return "".join(sign for sign in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(sign))


WEAK_WORDS = frozenset(
    """
    nicht ohne gibt geben gab was wie warum wieso weshalb wer wo wann wohin woher wobei womit wofuer welche
    welcher welches welchen hilft helfen hilfreich tun tut macht machen gemacht man umgehen umgang geht gehen
    gehoert lassen laesst kann koennen sollte sollten moechte moechten will wollen brauche brauchen braucht suche
    suchen sucht finde finden findet erfahrungen erfahrung thema themen informationen information infos info tipps
    beispiel beispiele ideen idee material materialien unterlagen moeglichkeit moeglichkeiten loesung loesungen
    massnahme massnahmen ansatz ansaetze projekt projekte uebersicht ueberblick allgemein allgemeine wirklich
    gegen
    eigentlich besser gut gute guter gutes neu neue neuen neuer andere anderen anderer viele viel wenig mehr weniger
    unseren unserem kommunen kommune stadt staedte staedten ganz gerade oft immer schon erst eher bitte danke how
    what why when which who where can could should does do did about there any some please find help work works
    using use rund ums bezug hinsichtlich betreffend richtig passiert passieren vorgehen gehe dagegen dafuer
    tatsaechlich
    """.split()
)
