"""The tests of integrations, run with each version of what they integrate; not a part of `make test`."""
