"""What the benchmarks share: building, serving, loading, measuring, reporting."""
