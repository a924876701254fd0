/* A form with data-behaviour="passkey" asks the browser for a passkey before it is sent. */
const bytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const opened = list => list?.map(one => ({ ...one, id: bytes(one.id) }));

async function ask(form) {
  const body = new FormData();
  body.set('csrf_token', form.elements.csrf_token.value);
  const answer = await fetch(form.dataset.options, { method: 'POST', body });
  if (!answer.ok || answer.redirected) throw new Error('over');
  const options = await answer.json();
  options.challenge = bytes(options.challenge);
  if (form.dataset.ceremony === 'create') {
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = opened(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  }
  options.allowCredentials = opened(options.allowCredentials);
  return navigator.credentials.get({ publicKey: options });
}

function asText(made) {
  const { response } = made;
  const given = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) given[name] = text(response[name]);
  }
  if (response.getTransports) given.transports = response.getTransports();
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response: given });
}

function message(form, error) {
  const place = form.querySelector('[data-message]');
  const kinds = { over: form.dataset.over, InvalidStateError: form.dataset.known };
  place.textContent = kinds[error.message] ?? kinds[error.name] ?? form.dataset.failed;
  place.hidden = false;
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll('[data-behaviour~="passkey"]') : []) {
  form.hidden = false;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    try {
      form.elements.credential.value = asText(await ask(form));
      form.submit();
    } catch (error) {
      message(form, error);
    }
  });
}
