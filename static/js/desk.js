/* The desk: counts what is chosen, and keys that work in the table only. Without this file every box and button works. */
for (const form of document.querySelectorAll('[data-behaviour~="desk"]')) {
  const table = form.querySelector('table');
  if (!table) continue;
  const boxes = [...table.querySelectorAll('input[name="row"]')], all = table.querySelector('[data-all]');
  const counter = form.querySelector('[data-count]'), position = form.elements.position;
  const hand = name => form.querySelector(`button[name="hand"][value="${name}"]`);
  const here = () => Math.max(0, boxes.findIndex(box => box.closest('tr').contains(document.activeElement)));
  const show = () => {
    const chosen = boxes.filter(box => box.checked).length;
    for (const box of boxes) box.closest('tr').classList.toggle('is-selected', box.checked);
    counter.textContent = chosen ? counter.dataset.words.replace('#', chosen) : '';
    if (all) { all.checked = chosen === boxes.length; all.indeterminate = chosen > 0 && !all.checked; }
  };
  const go = step => {
    const inRow = boxes.some(box => box.closest('tr').contains(document.activeElement));
    const box = boxes[Math.min(boxes.length - 1, Math.max(0, inRow ? here() + step : 0))];
    box.focus();
    box.closest('tr').scrollIntoView({ block: 'nearest' });
  };
  const choose = name => {
    if (!boxes.some(box => box.checked)) boxes[here()].checked = true;
    form.requestSubmit(hand(name));
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => boxes[here()].click(),
    f: () => (boxes.some(box => box.checked) ? choose('proposed') : table.querySelectorAll('[data-proposed]')[here()].click()),
    r: () => choose('ask'),
    a: () => choose('refuse'),
  };
  form.addEventListener('change', show);
  form.addEventListener('submit', () => { position.value = Math.max(0, boxes.findIndex(box => box.checked || box.closest('tr').contains(document.activeElement))); });
  all?.addEventListener('change', () => { for (const box of boxes) box.checked = all.checked; show(); });
  if (document.documentElement.dataset.keys !== 'off') {
    table.parentElement.addEventListener('keydown', event => {
      const deed = keys[event.key.toLowerCase()];
      if (!deed || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      event.preventDefault();
      deed();
    });
  }
  show();
}
