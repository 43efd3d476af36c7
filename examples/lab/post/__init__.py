"""What goes between the laboratory and its people: e-mails, notices, complaints."""
