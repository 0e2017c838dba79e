PYTHON ?= python3

.PHONY: lab test build bench claims replay versions release slides lite workshop smoke board setup
lab test build bench claims replay versions release slides lite workshop smoke board setup:
	@$(PYTHON) course.py $@
