/* Files go to the server one by one while the form is open. Without this file the form sends them itself. */
(() => {
  const LOOK = 400, LONGEST = 8000;

  const start = box => {
    const form = box.closest('form'), field = form.elements.files, zone = field.closest('.drop');
    const list = box.querySelector('ul'), said = box.querySelector('[data-said]'), model = box.querySelector('template');
    const split = form.querySelector('[data-split]'), words = box.dataset, typed = new Set(), ours = new Map();
    const rows = new Set(), waiting = [];
    let current = null, submitter = null, leaving = false;

    const put = (text, name) => text.replace('{name}', name);
    const say = text => { said.textContent = text; };
    const held = () => [...form.querySelectorAll('[name=held]')].filter(i => i.type === 'hidden' || i.checked).map(i => i.value);
    const spot = (row, name) => row.item.querySelector(`[data-${name}]`);
    const offer = (row, ...names) => ['cancel', 'retry', 'remove'].forEach(name => { spot(row, name).hidden = !names.includes(name); });
    const tell = (row, text, notes = []) => {
      spot(row, 'state').textContent = text;
      spot(row, 'notes').replaceChildren(...notes.map(note => Object.assign(document.createElement('li'), { textContent: note })));
    };
    const count = () => {
      const all = held().length + waiting.length + (current ? 1 : 0);
      if (split) split.hidden = all < 2;
      return all;
    };

    const add = file => {
      const item = model.content.firstElementChild.cloneNode(true), row = { file, item, state: 'waits' };
      item.querySelectorAll('[data-name]').forEach(place => { place.textContent = file.name; });
      item.querySelector('progress').setAttribute('aria-label', put(words.progress, file.name));
      spot(row, 'cancel').addEventListener('click', () => cancel(row));
      spot(row, 'retry').addEventListener('click', () => { queue(row); next(); });
      spot(row, 'remove').addEventListener('click', () => remove(row));
      rows.add(row);
      list.append(item);
      if (count() >= Number(words.most)) fail(row, words.tooMany, false);
      else if (file.size > Number(words.largest)) fail(row, put(words.tooBig, file.name), false);
      else queue(row);
    };
    const queue = row => {
      row.state = 'waits';
      waiting.push(row);
      item(row, true);
      tell(row, words.waits);
      offer(row, 'cancel');
      count();
    };
    const item = (row, busy) => {
      const bar = row.item.querySelector('progress');
      bar.hidden = !busy;
      if (busy) bar.value = 0;
      row.item.classList.toggle('is-failed', row.state === 'failed');
    };

    const next = () => {
      if (current) return;
      current = waiting.shift() || null;
      if (current) send(current);
      else finish();
    };
    const send = row => {
      const data = new FormData(), request = new XMLHttpRequest(), bar = row.item.querySelector('progress');
      data.set('csrf_token', form.elements.csrf_token.value);
      held().forEach(number => data.append('held', number));
      data.set('file', row.file);
      row.request = request;
      tell(row, words.sends);
      request.upload.onprogress = p => { if (p.lengthComputable) bar.value = 100 * p.loaded / p.total; };
      request.onload = () => answered(row, request);
      request.onerror = () => fail(row, put(words.broken, row.file.name), true);
      request.onabort = () => done(row);
      request.responseType = 'json';
      request.open('POST', words.action);
      request.send(data);
    };
    const answered = (row, request) => {
      const answer = request.response;
      if (request.status === 201 && answer) keep(row, answer);
      else if (answer && answer.error) fail(row, answer.error, false);
      else if (request.status === 413) fail(row, put(words.tooBig, row.file.name), false);
      else fail(row, put(words.broken, row.file.name), true);
    };
    const done = row => {
      row.request = null;
      if (current === row) current = null;
      count();
      next();
    };
    const keep = (row, answer) => {
      const input = Object.assign(document.createElement('input'), { type: 'hidden', name: 'held', value: answer.id });
      row.state = 'kept';
      row.item.append(input);
      spot(row, 'size').textContent = answer.size;
      item(row, false);
      show(row, answer);
      offer(row, 'remove');
      say(`${put(words.kept, row.file.name)} ${answer.notes.join(' ')}`);
      input.dispatchEvent(new Event('change', { bubbles: true }));
      if (answer.waits) look(row, answer.address, Date.now() + LONGEST);
      else propose(row, answer.values);
      done(row);
    };
    const fail = (row, text, again) => {
      row.state = 'failed';
      item(row, false);
      tell(row, text);
      offer(row, ...(again ? ['retry', 'remove'] : ['remove']));
      say(text);
      if (submitter) {
        submitter = null;
        spot(row, again ? 'retry' : 'remove').focus();
      }
      done(row);
    };
    const cancel = row => {
      if (row.request) row.request.abort();
      else waiting.splice(waiting.indexOf(row), 1);
      say(put(words.cancelled, row.file.name));
      drop(row);
    };
    const remove = row => {
      say(put(words.removed, row.file.name));
      drop(row);
      form.dispatchEvent(new Event('change', { bubbles: true }));
    };
    const drop = row => {
      rows.delete(row);
      row.item.remove();
      count();
      field.focus();
      finish();
    };

    // A worker reads the document; what it tells goes into fields that are empty and that nobody has touched.
    const look = async (row, address, until) => {
      await new Promise(go => setTimeout(go, LOOK));
      if (!rows.has(row) || leaving) return;
      const others = new URLSearchParams(held().map(number => ['held', number]));
      const answer = await fetch(`${address}?${others}`, { redirect: 'error' }).then(a => (a.ok ? a.json() : null)).catch(() => null);
      if (!answer || !rows.has(row)) return;
      if (answer.waits && Date.now() < until) { look(row, address, until); return; }
      show(row, answer);
      if (answer.notes.length) say(`${row.file.name}: ${answer.notes.join(' ')}`);
      propose(row, answer.values);
    };
    const show = (row, answer) => tell(row, answer.waits ? words.reads : words.done, answer.notes);
    const isSplit = () => split && !split.hidden && form.elements.split.value;
    const propose = (row, values) => {
      row.values = values;
      if (!('fills' in words) || isSplit()) return;
      const filled = Object.entries(values).map(([name, value]) => fill(first(form.elements[name]), value)).filter(Boolean);
      if (!filled.length) return;
      spot(row, 'state').textContent = `${words.proposed} ${[...new Set(filled)].join(', ')}.`;
      say(`${row.file.name}: ${spot(row, 'state').textContent}`);
    };
    // Ticks may share the name of a list; the list is what is filled.
    const first = place => (place instanceof RadioNodeList ? place[0] : place);
    const fill = (place, value) => {
      if (!place || !place.labels || typed.has(place.name) || place.value === value) return '';
      const preset = place.tagName === 'SELECT' ? place.querySelector('[selected]') : null;
      if (place.value && !(preset && preset.value === place.value)) return '';
      const before = place.value;
      place.value = value;
      if (place.value !== value) { place.value = before; return ''; }
      ours.set(place, [value, before]);
      place.dispatchEvent(new Event('change', { bubbles: true }));
      return place.offsetParent ? place.labels[0].firstChild.textContent.trim() : '';
    };

    // What one document tells is not for the others: it goes when each becomes an entry, and comes back.
    if (split) split.addEventListener('change', () => {
      ours.forEach(([value, before], place) => { if (isSplit() && place.value === value) place.value = before; });
      ours.clear();
      rows.forEach(row => { if (row.values) propose(row, row.values); });
    });

    const finish = () => {
      if (!submitter || current || waiting.length) return;
      const button = submitter;
      submitter = null;
      form.requestSubmit(button);
    };
    form.addEventListener('submit', e => {
      const failed = [...rows].find(row => row.state === 'failed');
      if (failed) {
        e.preventDefault();
        say(put(words.stands, failed.file.name));
        spot(failed, 'remove').focus();
      } else if (current || waiting.length) {
        e.preventDefault();
        submitter = e.submitter;
        say(words.soon);
      } else {
        leaving = true;
      }
    });
    form.addEventListener('input', e => { if (e.isTrusted) typed.add(e.target.name); });
    field.addEventListener('change', () => take(field.files));
    const take = files => {
      [...files].forEach(add);
      field.value = '';
      next();
    };

    zone.addEventListener('dragover', e => { e.preventDefault(); zone.classList.add('is-over'); });
    zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
    zone.addEventListener('drop', e => {
      e.preventDefault();
      zone.classList.remove('is-over');
      take(e.dataTransfer.files);
    });
    form.addEventListener('change', e => { if (e.target.name === 'held') count(); });
    addEventListener('pageshow', () => { leaving = false; });
    count();
  };

  document.querySelectorAll('[data-uploads]').forEach(start);
})();
