"""Working on a submitted case: list, view, progress of steps, decisions, handing over. Open `casework.py`."""
