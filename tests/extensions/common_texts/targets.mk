# make eval-textes  how right common texts are: a minute
.PHONY: eval-textes
eval-textes: $(READY)
	$(BIN)/pytest tests/extensions/common_texts/test_common_text_figures.py
