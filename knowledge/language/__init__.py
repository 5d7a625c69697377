"""Words and concepts: splitting, spelling, stems, the lexicon."""
