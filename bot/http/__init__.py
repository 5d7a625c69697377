"""What every HTTP route shares: the guard (headers, body limits, client limits) and the address to serve
on.
"""
