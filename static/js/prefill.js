/* A pasted link fills the form by itself. Never over what was typed; without this file the button does it. */
const PRESET = { kind: 'dokument', language: 'de' };
const SENT = ['title', 'summary', 'publisher', 'year', 'collections', 'section', 'tags', 'kind', 'language'];
const PAUSE = 700, STEP = 300, PATIENCE = 20000, PICTURE_PATIENCE = 12000, FETCH = { 'X-Requested-With': 'fetch' };
const LOOKS_WHOLE = /^(https?:\/\/)?[^\s/?#@.]+(\.[^\s/?#@.]+)+([/?#]\S*)?$/i;

const start = tools => {
  const form = tools.closest('form'), link = form.querySelector('[name="url"]'), told = form.querySelector('#angaben');
  const cancel = tools.querySelector('[data-cancel]'), button = tools.querySelector('[name="fetch"]');
  const touched = new Set(), ours = new Map();
  let asked = link.value.trim(), timer, asking = new AbortController(), looking = new AbortController();

  // Ticks may share the name of a list; the first control is the one that is filled.
  const controls = name => [...form.querySelectorAll(`[name="${name}"]`)];
  const isRadio = name => controls(name)[0].type === 'radio';
  const valueOf = name => (isRadio(name) ? controls(name).find(one => one.checked) : controls(name)[0])?.value || '';
  const put = (name, value) => {
    if (isRadio(name)) controls(name).forEach(one => { one.checked = one.value === value; });
    else controls(name)[0].value = value;
  };
  const isFree = name => !touched.has(name) && (name in PRESET || !valueOf(name).trim() || ours.get(name) === valueOf(name));
  const mark = field => {
    const box = field.closest('.field'), id = `${field.id}-vorschlag`;
    if (!box || box.querySelector(`#${id}`)) return;
    const hint = Object.assign(document.createElement('p'), { className: 'hint', id, textContent: tools.dataset.hint });
    box.querySelector('label, legend').after(hint);
    field.setAttribute('aria-describedby', `${id} ${field.getAttribute('aria-describedby') || ''}`.trim());
  };
  // Folds stay closed, so that the button to save stays near; they say how much was entered in them.
  const count = fold => {
    const summary = fold?.querySelector('summary');
    if (!summary) return;
    const badge = summary.querySelector('.badge') || summary.insertBefore(document.createElement('span'), summary.lastElementChild);
    badge.className = 'badge badge--ok';
    badge.textContent = `${[...ours.keys()].filter(name => fold.contains(controls(name)[0])).length} ${tools.dataset.entered}`;
  };
  // What another link had filled goes with that link.
  const empty = () => ours.forEach((value, name) => { if (isFree(name)) put(name, PRESET[name] || ''); });
  const fill = (values, proposed) => Object.entries(values).forEach(([name, value]) => {
    const [one] = controls(name);
    if (!one || name === 'url' || !isFree(name)) return;
    put(name, value);
    ours.set(name, valueOf(name));
    one.dispatchEvent(new Event('change', { bubbles: true }));
    count(one.closest('details'));
    if (proposed.includes(name)) mark(one);
  });

  const say = text => { told.textContent = text; };
  // The picture comes a moment after the words; whoever goes on meanwhile misses nothing.
  const show = async ({ signal }) => {
    const box = told.querySelector('[data-picture]'), until = Date.now() + PICTURE_PATIENCE;
    while (box?.hidden && !signal.aborted && Date.now() < until) {
      const answer = await fetch(box.dataset.picture, { headers: FETCH, signal });
      if (answer.status === 200) {
        box.append(Object.assign(document.createElement('img'), { src: box.dataset.picture, alt: box.dataset.alt }));
        box.hidden = false;
      } else if (answer.status === 202) await wait(); else return;
    }
  };
  const rest = () => { asking.abort(); clearTimeout(timer); cancel.hidden = true; };
  const wait = () => new Promise(go => setTimeout(go, STEP));
  const answered = async signal => {
    const body = new FormData();
    ['csrf_token', 'url'].forEach(name => body.set(name, valueOf(name)));
    SENT.filter(name => !isFree(name)).forEach(name => body.set(name, valueOf(name)));
    const answer = await fetch(tools.dataset.address, { method: 'POST', body, headers: FETCH, signal, redirect: 'error' });
    return answer.status === 202 ? null : answer.json();
  };
  const read = async () => {
    rest();
    looking.abort();
    asking = new AbortController();
    const { signal } = asking, until = Date.now() + PATIENCE;
    asked = link.value.trim();
    cancel.hidden = false;
    say(tools.dataset.reading);
    try {
      let found = await answered(signal);
      while (!found && Date.now() < until) { await wait(); if (signal.aborted) return; found = await answered(signal); }
      if (signal.aborted) return;
      if (found) { empty(); fill(found.values, found.proposed); told.innerHTML = found.note; show(looking = new AbortController()).catch(() => {}); } else say(tools.dataset.late);
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
  const arrived = new URLSearchParams(location.search).has('url');
  if (asked && (arrived || !valueOf('title')) && !told.textContent.trim() && !document.getElementById('fehler')) read();
};

document.querySelectorAll('[data-behaviour~="prefill"]').forEach(start);
