"""Claims, the payers that pay or deny them, and who is told when a payer changes its habits."""
