"""Documents to file or hand on, free of any layout: the record of a case, the protocol. Open
`document.py`.
"""
