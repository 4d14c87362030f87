# make eval-textes  how right common texts are: a minute
.PHONY: eval-textes
eval-textes: $(READY)
	$(BIN)/python -m tests.extensions.common_texts.evaluation
