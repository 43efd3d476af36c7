"""What an application may say: events, their fields and instruments, catalogues, and the hook."""
