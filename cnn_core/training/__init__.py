"""Training in the background: settings, the compiled step, the run in its thread, and the list of runs.

Only `trainer` needs TensorFlow; `run` imports it inside the thread.
"""
