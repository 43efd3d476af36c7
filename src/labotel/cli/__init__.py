"""The command `labotel`: what the declarations cost, and whom a pseudonym means."""
