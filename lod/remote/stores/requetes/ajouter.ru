# All of a graph, into one that may be read meanwhile: a reader sees what was there, and more.
ADD <$source> TO <$cible>
