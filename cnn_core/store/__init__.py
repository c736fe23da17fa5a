"""Where trainings are kept on disk, so that a closed app loses none of them.

What is asked for often lies in one SQLite file; weights lie in files of their own, in one folder for each training.
"""
