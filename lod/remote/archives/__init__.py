"""The official archives of the Assemblée, downloaded."""
