PYTHON ?= python3

.PHONY: lab test build bench claims replay setup
lab test build bench claims replay setup:
	@$(PYTHON) course.py $@
