"""What Wikidata says of deputies: asked politely, read as values; nothing here decides a link."""
