"""Finding and removing personal data in what people write. Open `personal_data.py`: it puts together what
`names.py`, `numbers.py`, `addresses.py` and `handles.py` find; `lists/` holds the names and the ordinary
words.
"""
