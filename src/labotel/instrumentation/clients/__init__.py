"""The libraries by which an application asks other servers."""
