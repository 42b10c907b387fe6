"""What the backends of languages with matrices share."""
