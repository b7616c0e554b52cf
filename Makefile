# Every target sets up what it needs; what is there already is not done again.
# `make help` lists the targets and the variables.

PYTHON ?= python3
ARGS ?=

.PHONY: help run test test-odoo lint format i18n bench wheel setup stop clean-db clean

help:
	@echo "make run        Odoo with the addon and demo data: http://localhost:8069, admin/admin"
	@echo "                PORT=8070  DB=demo  HOST=127.0.0.1"
	@echo "make test       everything: tests, browser tours, linters, test_lint, wheel"
	@echo "                ARGS=\"-k word\" (goes to pytest)  DEMO=1  KEEP=1"
	@echo "make test-odoo  Odoo's own tests, with the addon and without, compared"
	@echo "make lint       ruff and pylint-odoo            make format    mend what ruff can mend"
	@echo "make i18n       export the terms, rebuild ru.po, name what has no Russian"
	@echo "make bench      measure against plain crm       make wheel     build dist/*.whl"
	@echo "make setup      only set the environment up     ./odoo …       Odoo's command line"
	@echo "make stop       stop the private PostgreSQL"
	@echo "make clean-db   remove the private databases    make clean     remove .local altogether"
	@echo ""
	@echo "Variables for all: ODOO_SOURCE=/path (an Odoo 19 that is there already),"
	@echo "PGHOST PGPORT PGUSER PGPASSWORD (a server that is there), PYTHON=python3.12"

run:
	@$(PYTHON) scripts/run.py

test:
	@$(PYTHON) scripts/test.py $(ARGS)

test-odoo:
	@$(PYTHON) scripts/upstream.py $(ARGS)

lint:
	@$(PYTHON) scripts/lint.py

format:
	@$(PYTHON) scripts/lint.py --fix

i18n:
	@$(PYTHON) scripts/i18n.py

bench:
	@$(PYTHON) scripts/bench.py $(ARGS)

wheel:
	@$(PYTHON) scripts/build_wheel.py

setup:
	@$(PYTHON) scripts/setup.py --dev

stop:
	@$(PYTHON) scripts/pg.py stop

clean-db:
	@$(PYTHON) scripts/pg.py remove

clean: clean-db
	@rm -rf .local dist
	@echo "Removed. Downloads stay in ~/.cache/client_regulation."
