"""What the outside world tells us about a link: fetched under guard by a worker, read with care, offered to the form.

Nothing here runs inside a page request except asking and looking; only ``safe_fetch`` opens connections to others.
"""
