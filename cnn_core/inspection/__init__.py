"""What happens inside a network: its kernels, its feature maps, its probabilities.

Only `probe` needs TensorFlow; what it finds are the plain records of `records`.
"""
