"""Flask: its requests, who they are for, and its pages."""
