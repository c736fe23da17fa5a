"""What benchmarks are made of; none of these is run by itself."""
