# make eval-meaning  what everyday words find, of the real records: minutes
.PHONY: eval-meaning
eval-meaning: $(READY)
	$(BIN)/python -m tests.extensions.already_asked.evaluation
