/* A form keeps itself on the server while somebody types: two seconds after the last key and when the page goes away. */
const PAUSE = 2000, AGAIN = 15000, MOST_LEAVING = 60000;
const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map(n => n.toString(16).padStart(2, '0')).join('');

const start = place => {
  const form = place.closest('form'), key = place.querySelector('[name="saved"]'), tab = random();
  const [shown, said] = ['shown', 'said'].map(name => place.querySelector(`[data-autosave="${name}"]`));
  let step = 0, turn = place.dataset.turn, timer, waits = false, over = false, lastKind = '';

  // Shown always; said aloud only when something else is to be said than before.
  const tell = (kind, text) => {
    shown.textContent = text;
    if (kind !== lastKind) said.textContent = text;
    lastKind = kind;
  };
  const typed = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    const own = { saved_tab: tab, saved_step: ++step, saved_turn: turn, saved_entry: place.dataset.entry };
    for (const [name, value] of Object.entries(own)) data.set(name, value);
    return new URLSearchParams(data);
  };
  const send = (body, leaving) => fetch(place.dataset.url, {
    method: 'POST', body, headers: { 'X-Requested-With': 'fetch' }, redirect: 'error',
    keepalive: leaving && body.toString().length < MOST_LEAVING,
  }).catch(() => null);

  const save = async (leaving = false) => {
    clearTimeout(timer);
    if (over || !waits) return;
    waits = false;
    const answer = await send(typed(), leaving);
    const told = answer ? await answer.json().catch(() => ({})) : {};
    if (over) return;
    if (answer?.ok) { tell('saved', told.text); return; }
    if (answer?.status === 422) { tell('refused', told.error); return; }
    waits = true;
    if (answer?.status === 409 && told.key) { // another page goes on with this form: this one becomes a form of its own
      [key.value, turn] = [told.key, 0];
      timer = setTimeout(save, 0);
      return;
    }
    tell('failed', answer?.status === 401 ? place.dataset.ended : place.dataset.failed);
    timer = setTimeout(save, AGAIN);
  };
  const note = event => {
    if (event.target === key) return;
    [waits, over] = [true, false];
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };
  form.addEventListener('input', note);
  form.addEventListener('change', note);
  form.addEventListener('submit', () => { over = true; clearTimeout(timer); });
  addEventListener('pagehide', () => save(true));
  document.addEventListener('visibilitychange', () => { if (document.hidden) save(true); });
};
document.querySelectorAll('[data-behaviour~="autosave"]').forEach(start);
