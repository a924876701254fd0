"""Pairs of what is typed and what stands in a document: some must meet, some must not. Own examples, made for this."""

MEET = """
Prävention | Kriminalprävention
Prävention | Gewaltpräventionsprojekt
Räume | Angsträume in der Stadt
Angstraum | Angsträume
Mandatsträger | Mandatsträger*innen
Mandatsträgerinnen | Mandatsträger:innen
Bürger | Bürger:innen
Bürgerinnen | Bürger/-innen
Mitarbeiter | Mitarbeiter_innen
Mitarbeiter | MitarbeiterInnen
Veranstaltung | Großveranstaltungen
Strassenkriminalitaet | Straßenkriminalität
Straße | Straßenkriminalität
Mueller | Müller
Muller | Müller
öffentlicher Raum | im öffentlichen Räumen
Bürgermeister | Nachtbürgermeister
Fest | Zuckerfest
Diebstahl | Wohnungseinbruchdiebstahl
Einbruch | Wohnungseinbruchdiebstahl
Wohnungseinbruch | Wohnungseinbruchdiebstahl
Städtebauliche Kriminalprävention | städtebaulichen Kriminalprävention
Konflikt | Konfliktbearbeitung
Kriminalprävention | kriminalpräventiv Prävention Kriminal
Viertel | Bahnhofsviertel
Bahnhof | Bahnhofsviertel
Rat | Präventionsrat
Hotspot | Hotspots
Partnerschaft | Ordnungspartnerschaften
Beleuchtungskonzept | Konzept zur Beleuchtung
Lehrer | Lehrer*innen
Lehrerin | Lehrer
Lehrerinnen | Lehrer:innen
Kollege | Kolleg*innen
Polizist | Polizistinnen
Polizistinnen | Polizist*innen
Teilnehmer | Teilnehmende
Teilnehmende | Teilnehmer*innen
Mitarbeitende | Mitarbeiterinnen und Mitarbeiter
Mitarbeiter | Mitarbeitende
Anwohner | Anwohner*innen
Anwohnende | Anwohner
Bewohnerinnen | Bewohner/innen
Zuschauer | Zuschauer(innen)
Radfahrer | Radfahrende
Besucher | BesucherInnen
Experten | Expert*innen
Schülerinnen | Schüler
Gärtner | Gärtnerinnen
Richterin | Richter
Strasse | Straße
Straße | Strasse
Fussgaenger | Fußgänger
Fußgänger | Fussgaengerzone
Grünanlagen | Gruenanlage
Gruenanlage | Grünanlagen
Offentlichkeit | Öffentlichkeit
Larm | Lärm
Laerm | Lärm
Übung | Uebungen
Gebuehr | Gebühren
Café | Cafe
Cafe | Cafés
Häuser | Haus
Haus | Häusern
Baum | Bäume
Mauer | Mauern
Wege | Weg
Ampel | Ampeln
Büro | Büros
Sofa | Sofas
Autos | Auto
Park | Parks
Verein | Vereine
Gesetze | Gesetz
Kosten | kosten
Verletzung | Verletzungen
gesperrt | Sperrung
gefördert | Förderung
Beleuchtung | beleuchtet
beraten | Beratung
Planung | geplante Planungen
neue Wege | neuer Weg
E-Scooter | EScooter
E-Scooter | E Scooter
EScooter | E-Scooter
E Scooter | E-Scooter
Plan#B | Plan B
Plan B | Plan#B
planb | Plan#B
LIAISE 2 | LIAISE2
LIAISE2 | LIAISE 2
Secu4All | Secu4all
U-Bahn | UBahn
UBahn | U-Bahn
S-Bahn | S Bahn
24/7 | Dienst 24/7
K.o.-Tropfen | KO-Tropfen
Street Worker | Streetworker
Streetworker | Street-Worker
Street-Worker | Streetworker
Open Air | OpenAir
Openair | Open-Air
Online Beratung | Onlineberatung
Onlineberatung | Online-Beratung
Jugend Zentrum | Jugendzentrum
Jugendzentrum | Jugend-Zentrum
Zentrum | Jugendzentrum
Jugend | Jugendzentrum
Verbot | Glasverbot
Glas | Glasverbot
Brücke | Fußgängerbrücke
Schutz | Denkmalschutz
Denkmal | Denkmalschutz
Denkmalschutz | Schutz der Denkmäler
Baumschutz | Schutz von Bäumen
Winterdienst | Dienst im Winter
Wasser | Trinkwasserversorgung
Versorgung | Trinkwasserversorgung
Trinkwasser | Trinkwasserversorgung
Garten | Schulgarten
Schule | Abendschulen
Bücherei | Stadtbüchereien
Feuer | Lagerfeuerverbot
Unwetter | Unwetterwarnungen
Warnung | Unwetterwarnung
Steuer | Hundesteuer
Hund | Hundewiese
Markt | Flohmärkte
Platz | Lagerplatz
Kirche | Kirchplatz
Dach | Dachgarten
Radweg | Radwege
Radwegplanung | Planung der Radwege
Verkehr | Lieferverkehr
Zone | Umweltzone
Umwelt | Umweltzone
Polizei | Bereitschaftspolizei
Feuerwehr | Berufsfeuerwehr
Sitzung | Ratssitzungen
Karte | Lärmkartierung Karte
Sicherheit | Verkehrssicherheit
Schule | Grundschulen
Schule | Hochschule
Schulen | Grundschule
Platz | Marktplatz
Plätze | Parkplatz
Stadt | Altstadt
Markt | Arbeitsmarkt
Gesetz | Grundgesetz
Platz | Marktplatzgestaltung
Fördermittel | Mittel zur Förderung
Sperrzone | Zone mit Sperrung
Prüfbericht | Bericht über die Prüfung
"""

APART = """
Stahl | Wohnungseinbruchdiebstahl
Dieb | Diebstahl
Burg | Bürger:innen
Wirt | Wirtschaft
Schaft | Partnerschaft
Traum | Angsträume
Ration | Integration
Meister | Bürgermeister
Hebung | Erhebung
Unter | Unterkunft
Kunft | Unterkunft
Land | Landschaft
Teil | Urteil
Spot | Hotspot
Rat | Beratung
Eis | Kreis
Not | Notiz
Amt | gesamt
Sicherheit | es hat sich gelohnt
sicher | sich
Bürger | Burgen am Rhein
Schüler | Schule
Politik | Politiker
Staat | Stadt
Stadt | Staat
Uhr | Ruhr
Ruhr | Uhr
Bus | Busch
Rad | Radio
Radio | Radweg
Tor | Motor
Ort | Wort
Wort | Ort
Art | Artikel
Arm | Alarm
Arm | Armee
Ei | Eile
Ast | Last
Last | Ballast
Rind | Rinde
Kind | Kindle
Mus | Museum
Muse | Museum
Park | Parkett
Tee | Komitee
Mitte | Komitee
Reich | Bereich
Bereich | Reich
Sand | Versand
Hand | Handel
Handel | Hand
Wand | Gewand
Wand | Wanderung
Band | Verband
Bank | Bankett
Ball | Ballast
Fall | Abfall
Bau | Bauch
Baum | Bauch
Rauch | Brauchtum
Brauch | Rauch
Auge | August
Rose | Prosa
Rosen | Prognosen
Gnosis | Prognose
Ende | Wende
Wende | Ende
Wild | Bild
Bild | Wild
Ring | Bringen
Ring | Frühling
Ling | Frühling
Ton | Beton
Beton | Ton
Ton | Karton
Tonne | Ton
Miete | Mitte
Mitte | Miete
Schall | Schale
Ware | Software
Ware | waren
Wage | Waage
Boten | verboten
Bote | Verbot
Rot | Brot
Brot | Rot
Gold | Geld
Mal | Malerei
Kanal | Analyse
Analyse | Kanal
Lamm | Schlamm
Damm | Verdammnis
Fluss | Überfluss
Eis | Eisen
Eisen | Eis
Esel | Kessel
Nase | Ananas
Igel | Spiegel
Spiegel | Igel
Tiger | Tigris
Laub | Urlaub
Urlaub | Laub
Gas | Gasse
Gasse | Gas
Ass | Straße
Asse | Straße
Mast | Meister
Ober | Oberfläche
Fläche | flach
Ehe | ehemalig
Tag | Stage
Bach | Bachelor
Achse | Wachs
Insel | Pinsel
Pinsel | Insel
Regen | Region
Region | Regen
Helm | Wilhelm
Rang | Orange
Lager | Schlager
Schlag | Schlager
Los | Lösung
Lösung | Los
Hof | Bahnhof
Meister | Bürgermeister
Stahl | Diebstahl
Tag | Freitag
Zeit | Hochzeit
Stand | Gegenstand
Grund | Untergrund
Sucht | Sehnsucht
Blick | Augenblick
Mittel | Lebensmittel
Garten | Kindergarten
Mann | Kaufmann
"""


def read(block: str) -> list[tuple[str, str]]:
    """The pairs of a block."""
    lines = (line.partition("|") for line in block.splitlines() if line)
    return [(typed.strip(), text.strip()) for typed, _, text in lines]
