"""What labotel's pages say, whichever framework shows them."""
