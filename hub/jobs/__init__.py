"""What is due outside a request: rows say what, workers do it, a lost job is found again because its row still says so.

Rooms above register what they do under a name (``registry.handle``) and ask for it inside their own unit of work
(``service.enqueue``); a handler may run twice and must not mind.
"""
