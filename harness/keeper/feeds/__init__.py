"""How pools are found, read and followed, one family a file; `registry` has them all."""
