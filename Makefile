PYTHON ?= python3

.PHONY: lab test build bench claims replay versions release slides workshop smoke board site setup
lab test build bench claims replay versions release slides workshop smoke board site setup:
	@$(PYTHON) course.py $@
