"""How good a network is: mistakes, figures for each class, calibration, robustness, and the chance in all of them."""
