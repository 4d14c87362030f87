"""No domain at all: errors, settings, files, archives, CSV, processes. Goes here: any project's."""
