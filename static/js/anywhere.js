/* The bookmarklet: a link to drag, made from the text that is there without script too, and a button that copies it. */
for (const place of document.querySelectorAll('[data-behaviour~="bookmarklet"]')) {
  const text = place.querySelector('textarea'), link = place.querySelector('[data-target]');
  const button = place.querySelector('[data-copy]'), told = place.querySelector('[role="status"]');
  link.href = text.value;
  place.querySelector('[data-drag]').hidden = button.hidden = false;
  link.addEventListener('click', event => { event.preventDefault(); told.textContent = place.dataset.hint; });
  text.addEventListener('focus', () => text.select());
  button.addEventListener('click', async () => {
    text.select();
    const isCopied = await navigator.clipboard?.writeText(text.value).then(() => true, () => false);
    told.textContent = isCopied ? place.dataset.copied : place.dataset.uncopied;
  });
}
navigator.serviceWorker?.register('/service-worker.js').catch(() => {});
