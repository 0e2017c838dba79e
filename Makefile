PYTHON ?= python3

.PHONY: lab test build bench claims replay versions setup
lab test build bench claims replay versions setup:
	@$(PYTHON) course.py $@
