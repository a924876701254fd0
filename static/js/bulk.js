/* The table of many entries: ticking a whole page, counting what is ticked; and how far a change is. */
const LOOK_MS = 500;

function watchTable(form) {
  const picks = [...form.querySelectorAll('input[name="pick"]')], all = form.querySelector('input[name="all"]');
  const line = form.querySelector('[data-part="page"]'), page = line.querySelector('input');
  const count = form.querySelector('[data-part="count"]');
  line.hidden = false;
  const show = () => {
    const n = picks.filter(pick => pick.checked).length;
    page.checked = n === picks.length;
    page.indeterminate = n > 0 && n < picks.length;
    count.textContent = all?.checked ? '' : n ? form.dataset.some.replace('{n}', n) : form.dataset.none;
  };
  page.addEventListener('change', () => { picks.forEach(pick => { pick.checked = page.checked; }); show(); });
  form.addEventListener('change', show);
  show();
}

async function watchProgress(panel) {
  const text = panel.querySelector('[data-part="text"]'), bar = panel.querySelector('progress');
  const answer = await fetch(panel.dataset.url, { headers: { Accept: 'application/json' } }).catch(() => null);
  if (answer && (!answer.ok || answer.redirected)) { location.reload(); return; }
  const told = answer && await answer.json();
  if (told && !told.moves) { location.reload(); return; }
  if (told) {
    bar.value = told.done;
    if (text.textContent !== told.text) text.textContent = told.text;
  }
  setTimeout(watchProgress, LOOK_MS, panel);
}

document.querySelectorAll('[data-behaviour="bulk"]').forEach(watchTable);
document.querySelectorAll('[data-behaviour="bulk-progress"]').forEach(watchProgress);
