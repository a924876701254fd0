# Thin: every recipe calls a script in deploy/ or bench/, which does the work and says in plain words what is missing.

# Asked here and not in the scripts, because an old Python would stumble over their syntax.
NEED_PYTHON = python3 -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null || \
	{ echo "Der Wissensspeicher braucht Python 3.11 oder neuer: sudo apt install python3 python3-venv"; exit 1; }

.PHONY: help run test lint bench relevance requirements security translations

help:
	@echo "make run           den Wissensspeicher starten (PORT=8001 und HUB_INSTANCE=ORDNER sind möglich)"
	@echo "make test          alles prüfen"
	@echo "make lint          nur Stil, Typen und Importrichtung prüfen"
	@echo "make bench         die Geschwindigkeit messen"
	@echo "make relevance     die Suche an einer Prüfsammlung messen (RELEVANCE=ORDNER)"
	@echo "make security      Prüfprogramme auf den laufenden Wissensspeicher ansetzen (etwa eine Stunde)"
	@echo "make translations  deutsche Texte sammeln, den englischen Katalog erneuern"
	@echo "make requirements  die Paketversionen neu festlegen (nach einer Änderung der .in-Dateien)"

run:
	@$(NEED_PYTHON); exec python3 deploy/run.py

test:
	@$(NEED_PYTHON); exec python3 deploy/check.py test

lint:
	@$(NEED_PYTHON); exec python3 deploy/check.py lint

bench:
	@$(NEED_PYTHON); exec python3 deploy/check.py bench

relevance:
	@$(NEED_PYTHON); RELEVANCE="$(RELEVANCE)" exec python3 deploy/check.py relevance

requirements:
	@$(NEED_PYTHON); exec python3 deploy/pin.py

security:
	@$(NEED_PYTHON); exec python3 deploy/security.py $(STEPS)

translations:
	@$(NEED_PYTHON); exec python3 deploy/translate.py

.DEFAULT:
	@echo "Den Befehl »make $@« gibt es nicht; »make help« zeigt alle." >&2; exit 2
