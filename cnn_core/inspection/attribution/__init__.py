"""Where a network looks when it decides for a class: five methods that answer with a map of the image.

No method knows a network. Each asks for logits and gradients through `protocol.ClassGradients`, which
`cnn_core.inspection.gradients.NetworkGradients` satisfies and a test can write by hand. Each gives raw numbers back;
scaling them for the screen is a chart's business. `methods.METHODS` lists them.
"""
