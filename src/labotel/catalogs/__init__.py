"""The catalogues that ship: what labotel says by itself, and a laboratory's (`lab/`)."""
