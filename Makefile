PYTHON ?= python3

.PHONY: lab test build bench setup
lab test build bench setup:
	@$(PYTHON) course.py $@
