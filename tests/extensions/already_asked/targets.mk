# make eval-meaning  what everyday words find, of the real records: minutes
.PHONY: eval-meaning
eval-meaning: $(READY)
	$(BIN)/pytest tests/extensions/already_asked/test_already_asked.py -k everyday_words
