"""Terms and syntaxes of RDF: vocabulary, IRIs, files, store. Goes here: nothing about records."""
