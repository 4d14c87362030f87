"""Archives AMO of deputies and bodies → values. Goes here: what reads or holds these values."""
