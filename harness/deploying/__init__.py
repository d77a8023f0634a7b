"""Deploying: what is missing on each chain, said first and then sent, recorded as the chain has it."""
