/* Suggestions under search fields: the combobox pattern of ARIA 1.2. Without this file the field is a plain one. */
(() => {
  const PAUSE = 150, SHORTEST = 2, KEPT = 50;
  const answers = new Map();

  // What the server offers for a text, as markup it has escaped; '' for nothing, an error, or a session that has ended.
  const ask = async (address, text, signal) => {
    if (answers.has(text)) return answers.get(text);
    const answer = await fetch(`${address}?${new URLSearchParams({ q: text })}`, { signal, redirect: 'error' }).catch(() => null);
    if (!answer || !answer.ok) return '';
    const found = answer.status === 200 ? await answer.text().catch(() => '') : '';
    if (answers.size >= KEPT) answers.clear();
    if (!signal.aborted) answers.set(text, found);
    return found;
  };

  const start = field => {
    const box = document.createElement('div'), said = document.createElement('div');
    let options = [], current = -1, timer, asking = new AbortController();
    const typed = () => field.value.trim();

    const choose = place => {
      current = place;
      options.forEach((option, i) => option.setAttribute('aria-selected', i === place));
      if (place < 0) { field.removeAttribute('aria-activedescendant'); return; }
      field.setAttribute('aria-activedescendant', options[place].id);
      options[place].scrollIntoView({ block: 'nearest' });
    };
    const show = markup => {
      box.innerHTML = markup;
      options = [...box.querySelectorAll('[role="option"]')];
      choose(-1);
      box.hidden = !options.length;
      field.setAttribute('aria-expanded', !box.hidden);
      said.textContent = box.hidden ? '' : box.firstElementChild.dataset.said;
    };
    const close = () => {
      clearTimeout(timer);
      asking.abort();
      show('');
    };
    const open = async () => {
      const text = typed();
      asking.abort();
      asking = new AbortController();
      const { signal } = asking, markup = await ask(field.dataset.suggest, text, signal);
      if (!signal.aborted && document.activeElement === field && typed() === text) show(markup);
    };
    // One step beyond either end stands the text itself.
    const step = by => choose((current + 1 + by + options.length + 1) % (options.length + 1) - 1);

    field.addEventListener('input', () => {
      clearTimeout(timer);
      if (typed().length < SHORTEST) close();
      else timer = setTimeout(open, PAUSE);
    });
    field.addEventListener('keydown', e => {
      if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
      const down = e.key === 'ArrowDown';
      if (box.hidden) {
        if (down && typed().length >= SHORTEST) { e.preventDefault(); open(); }
        return;
      }
      if (down || e.key === 'ArrowUp') step(down ? 1 : -1);
      else if (e.key === 'Escape') close();
      else if (current >= 0 && e.key === 'Home') choose(0);
      else if (current >= 0 && e.key === 'End') choose(options.length - 1);
      else if (current >= 0 && e.key === 'Enter') options[current].click();
      else return;
      e.preventDefault();
    });
    field.addEventListener('blur', close);
    field.form.addEventListener('submit', close);
    addEventListener('pagehide', close);

    // The field keeps the focus, so that the list is still there when the click comes.
    box.addEventListener('mousedown', e => e.preventDefault());
    box.addEventListener('click', e => {
      const option = e.target.closest('[data-value]');
      if (!option || e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      field.value = option.dataset.value;
      field.form.requestSubmit();
    });

    box.className = 'suggest';
    box.hidden = true;
    said.className = 'vh';
    said.setAttribute('aria-live', 'polite');
    field.form.append(box, said);
    const roles = { role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': false, 'aria-controls': 'vorschlaege' };
    Object.entries(roles).forEach(([name, value]) => field.setAttribute(name, value));
  };

  document.querySelectorAll('input[data-suggest]').forEach(start);
})();
