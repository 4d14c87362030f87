"""Who is who: tables (CSV in `data/`), names, reviewed links. Goes here: values to look up."""
