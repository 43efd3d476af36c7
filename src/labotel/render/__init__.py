"""The declarations on paper: rules, dashboards and a reference, made from the same catalogues."""
