/* Arranging a board: buttons change it in place and say so, entries can be dragged. Without this file buttons load the page. */
const parse = html => new DOMParser().parseFromString(html, 'text/html');
const place = () => document.querySelector('[data-behaviour~="arrange"]');

const show = (answered, address) => {
  const fresh = answered.querySelector('[data-behaviour~="arrange"]');
  if (!fresh) { location.assign(address); return; }
  place().replaceChildren(...fresh.childNodes);
  const main = document.querySelector('main'), told = answered.querySelector('.flashes, main .note--error');
  main.querySelectorAll('.flashes, .page > .note--error').forEach(note => note.remove());
  if (told) {
    const words = told.querySelector('.row > span') || told;
    document.querySelector('[data-status]').textContent = words.textContent.trim();
    told.querySelectorAll('[role]').forEach(note => note.removeAttribute('role'));
    told.classList.contains('flashes') ? main.prepend(told) : place().before(told);
  }
  const focused = place().querySelector('[autofocus]');
  focused?.focus({ preventScroll: true });
  focused?.scrollIntoView({ block: 'nearest' });
  ready();
};

const send = async (address, values = {}) => {
  const data = new FormData(document.getElementById('aktion'));
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  const answer = await fetch(address, { method: 'POST', body: data }).catch(() => null);
  if (!answer) { location.reload(); return; }
  show(parse(await answer.text()), answer.url);
};

let dragged = null;
const ready = () => place().querySelectorAll('[data-entry]').forEach(row => { row.draggable = true; });
const over = event => event.target.closest?.('[data-entry]');

const root = place();
if (root) {
  root.addEventListener('click', event => {
    const button = event.target.closest('button[formaction]');
    if (!button) return;
    event.preventDefault();
    send(button.formAction);
  });
  root.addEventListener('dragstart', event => {
    dragged = over(event);
    dragged?.classList.add('is-dragged');
    event.dataTransfer.effectAllowed = 'move';
  });
  root.addEventListener('dragend', () => { dragged?.classList.remove('is-dragged'); dragged = null; });
  root.addEventListener('dragover', event => {
    const part = event.target.closest?.('.sorting__part');
    if (!dragged || !part) return;
    event.preventDefault();
    const row = over(event), list = part.querySelector('[data-section]');
    if (row === dragged) return;
    if (!row) { if (!list.contains(dragged) || event.clientY > list.getBoundingClientRect().bottom) list.append(dragged); return; }
    const box = row.getBoundingClientRect();
    row[event.clientY < box.top + box.height / 2 ? 'before' : 'after'](dragged);
  });
  let from = null;
  root.addEventListener('dragstart', event => { from = over(event)?.closest('[data-section]'); });
  root.addEventListener('drop', event => {
    const list = dragged?.closest('[data-section]');
    if (!list) return;
    event.preventDefault();
    const address = root.dataset.drop.replace('/0/', `/${dragged.dataset.entry}/`);
    send(address, {
      to: list.dataset.section, seen: list.dataset.version, from: from.dataset.version,
      before: dragged.nextElementSibling?.dataset.entry ?? '', section: new URLSearchParams(location.search).get('section') ?? '',
    });
  });
  ready();
}
