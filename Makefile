PYTHON ?= python3

.PHONY: lab test build bench claims replay versions release slides workshop smoke setup
lab test build bench claims replay versions release slides workshop smoke setup:
	@$(PYTHON) course.py $@
