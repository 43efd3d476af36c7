"""Where signals leave the process: settings, identity, providers, bytes, sending, shutdown."""
