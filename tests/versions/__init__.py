"""Tests of integrations with each version of what they integrate: no part of `make test`."""
