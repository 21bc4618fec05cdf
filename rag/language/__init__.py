"""What words mean, without any store: folding, sentences, numerals, units, periods, places, glossary."""
