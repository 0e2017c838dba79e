PYTHON ?= python3

.PHONY: lab test build bench claims replay versions release slides workshop smoke board site lite setup
lab test build bench claims replay versions release slides workshop smoke board site lite setup:
	@$(PYTHON) course.py $@
