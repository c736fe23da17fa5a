"""What the README's figures come from. `make bench` runs all of it; `python -m benchmarks.NAME` runs one."""
