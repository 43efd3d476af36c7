"""What people see of the work orders, and what they do with them."""
