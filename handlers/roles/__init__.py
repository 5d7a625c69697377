"""Who somebody is: invitations, roles, the PIN. Open `pin.py`."""
