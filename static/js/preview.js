/* The preview of a text appears in its place without leaving the page. Without this file the button loads the page anew. */
for (const form of document.querySelectorAll('form[data-behaviour~="preview"]')) {
  form.addEventListener('submit', async event => {
    const button = event.submitter;
    if (button?.value !== 'preview' || form.dataset.plain) return;
    event.preventDefault();
    const answer = await fetch(button.formAction, { method: 'POST', body: new FormData(form, button) }).catch(() => null);
    const fresh = answer && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#vorschau');
    if (!fresh) { form.dataset.plain = 'yes'; form.requestSubmit(button); return; }
    const place = form.querySelector('#vorschau');
    place.replaceChildren(...fresh.childNodes);
    place.scrollIntoView({ block: 'nearest' });
  });
}
