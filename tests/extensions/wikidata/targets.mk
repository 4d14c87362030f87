# make eval-links  how right the links to Wikidata are that `lod link` proposes: seconds
.PHONY: eval-links
eval-links: $(READY)
	$(BIN)/pytest tests/extensions/wikidata/test_evaluation.py
