"""Makes a settled question, or a refusal, of all its readings: merge, resolve, convert."""
