"""What a chain file consists of, as frozen models; harness/chains.py reads the files and hands the models out."""
