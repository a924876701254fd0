/* A pasted link fills the form by itself. Never over what was typed; without this file the button does it. */
const PRESET = { kind: 'dokument', language: 'de' };
const PAUSE = 700, STEP = 300, PATIENCE = 20000, FETCH = { 'X-Requested-With': 'fetch' };
const LOOKS_WHOLE = /^(https?:\/\/)?[^\s/?#@.]+(\.[^\s/?#@.]+)+([/?#]\S*)?$/i;

const start = tools => {
  const form = tools.closest('form'), link = form.elements.url, told = form.querySelector('#angaben');
  const cancel = tools.querySelector('[data-cancel]'), button = tools.querySelector('[name="fetch"]');
  const touched = new Set(), ours = new Map();
  let asked = link.value.trim(), timer, asking = new AbortController();

  // Several ticks share the name of the collection; the closed list is the one that is filled.
  const fieldOf = name => {
    const found = form.elements[name];
    return found instanceof RadioNodeList && found[0].type !== 'radio' ? found[0] : found;
  };
  const isFree = (name, field) => {
    if (touched.has(name)) return false;
    return name in PRESET || !field.value.trim() || ours.get(name) === field.value;
  };
  const mark = field => {
    const box = field.closest('.field'), id = `${field.id}-vorschlag`;
    if (!box || box.querySelector(`#${id}`)) return;
    const hint = Object.assign(document.createElement('p'), { className: 'hint', id, textContent: tools.dataset.hint });
    box.querySelector('label, legend').after(hint);
    field.setAttribute('aria-describedby', `${id} ${field.getAttribute('aria-describedby') || ''}`.trim());
  };
  // What another link had filled goes with that link.
  const empty = () => ours.forEach((value, name) => {
    const field = fieldOf(name);
    if (isFree(name, field)) field.value = PRESET[name] || '';
  });
  const fill = (values, proposed) => Object.entries(values).forEach(([name, value]) => {
    const field = fieldOf(name);
    if (!field || name === 'url' || !isFree(name, field)) return;
    field.value = value;
    ours.set(name, field.value);
    const one = field instanceof RadioNodeList ? field[0] : field;
    one.dispatchEvent(new Event('change', { bubbles: true }));
    const fold = one.closest('details');
    if (fold) fold.open = true;
    if (proposed.includes(name)) mark(one);
  });

  const say = text => { told.textContent = text; };
  const rest = () => { asking.abort(); clearTimeout(timer); cancel.hidden = true; };
  const wait = () => new Promise(go => setTimeout(go, STEP));
  const answered = async signal => {
    const body = new FormData();
    ['csrf_token', 'url', 'title', 'summary', 'tags', 'section', 'kind', 'language'].forEach(name => {
      const field = fieldOf(name);
      if (field && !isFree(name, field) || name === 'csrf_token' || name === 'url') body.set(name, field.value);
    });
    if (!isFree('collections', fieldOf('collections'))) body.set('collections', fieldOf('collections').value);
    const answer = await fetch(tools.dataset.address, { method: 'POST', body, headers: FETCH, signal, redirect: 'error' });
    return answer.status === 202 ? null : answer.json();
  };
  const read = async () => {
    rest();
    asking = new AbortController();
    const { signal } = asking, until = Date.now() + PATIENCE;
    asked = link.value.trim();
    cancel.hidden = false;
    say(tools.dataset.reading);
    try {
      let found = await answered(signal);
      while (!found && Date.now() < until) { await wait(); if (signal.aborted) return; found = await answered(signal); }
      if (signal.aborted) return;
      if (found) { empty(); fill(found.values, found.proposed); told.innerHTML = found.note; } else say(tools.dataset.late);
    } catch (problem) {
      if (signal.aborted) return;
      say(tools.dataset.late);
    }
    rest();
  };
  const readIfNew = () => {
    const text = link.value.trim();
    if (text !== asked && LOOKS_WHOLE.test(text)) read();
  };

  form.addEventListener('input', e => { if (e.isTrusted && e.target !== link) touched.add(e.target.name); });
  link.addEventListener('input', e => {
    clearTimeout(timer);
    timer = setTimeout(readIfNew, e.inputType === 'insertFromPaste' ? 0 : PAUSE);
  });
  link.addEventListener('change', readIfNew);
  button.addEventListener('click', e => { if (link.value.trim()) { e.preventDefault(); read(); } });
  cancel.addEventListener('click', () => { rest(); say(tools.dataset.cancelled); button.focus(); });
  form.addEventListener('submit', rest);

  // A link that came with the address of the page (bookmarklet, shared from a phone) is read at once.
  if (asked && !form.elements.title.value && !told.textContent.trim() && !document.getElementById('fehler')) read();
};

document.querySelectorAll('[data-behaviour~="prefill"]').forEach(start);
