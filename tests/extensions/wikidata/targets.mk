# make eval-links  how right the links to Wikidata are that `lod link` proposes: a quarter of an hour
.PHONY: eval-links
eval-links: $(READY)
	$(BIN)/python -m tests.extensions.wikidata.evaluation
