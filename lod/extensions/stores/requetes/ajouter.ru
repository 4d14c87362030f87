# Adds all of a graph to one that is being read: readers see the old triples, and new ones.
ADD <$source> TO <$cible>
