/* Improvements, never a condition: every page works without this file. Binds to data-behaviour="…". */
(() => {
  const page = document, root = page.documentElement;
  const all = (selector, within = page) => [...within.querySelectorAll(selector)];
  const bind = (name, start) => all(`[data-behaviour~="${name}"]`).forEach(start);
  root.classList.add('js');

  // Menus close by Escape and by a click elsewhere.
  const openMenus = () => all('details[data-behaviour="menu"][open]');
  page.addEventListener('click', e => openMenus().forEach(menu => { if (!menu.contains(e.target)) menu.open = false; }));
  page.addEventListener('keydown', e => {
    if (e.key === 'Escape') openMenus().forEach(menu => { menu.open = false; menu.querySelector('summary').focus(); });
    // "/" jumps to the search; switched off by <html data-keys="off">.
    if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || root.dataset.keys === 'off') return;
    if (e.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    const box = page.querySelector('main [data-behaviour="search-key"]') || page.querySelector('[data-behaviour="search-key"]');
    if (box && box.offsetParent) { e.preventDefault(); box.focus(); box.select(); }
  });

  // As an installed app the hub says when the network is gone.
  if (matchMedia('(display-mode: standalone)').matches) navigator.serviceWorker?.register('/service-worker.js').catch(() => {});

  // After a failed form the list of errors gets the focus.
  bind('focus', place => place.focus());

  // Filters and sorting apply at once where the column is open; folded, the button does it.
  bind('auto-submit', form => form.addEventListener('change', e => {
    const folded = form.closest('details') && !matchMedia('(min-width: 58rem)').matches;
    if (!folded && e.target.type !== 'search') form.requestSubmit();
  }));

  // A page that is worth printing offers it.
  bind('print', button => { button.hidden = false; button.addEventListener('click', () => print()); });

  // Bookmarks change in place when the server answers 204; any other answer takes the ordinary way.
  bind('bookmark', button => button.addEventListener('click', async e => {
    if (!button.form || button.dataset.plain) return;
    e.preventDefault();
    const data = new FormData(button.form);
    data.set(button.name, button.value);
    const headers = { 'X-Requested-With': 'fetch' };
    const answer = await fetch(button.formAction, { method: 'POST', body: data, headers, redirect: 'manual' }).catch(() => null);
    if (!answer || answer.status !== 204) { button.dataset.plain = '1'; button.click(); return; }
    const saved = button.value === '1', use = button.querySelector('use');
    button.value = saved ? '' : '1';
    button.setAttribute('aria-pressed', saved);
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, saved ? '#bookmark-filled' : '#bookmark'));
  }));
})();
