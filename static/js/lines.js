/* A field that takes one value a line offers what others entered: choose, press the button, and the line is there. */
for (const place of document.querySelectorAll('[data-behaviour~="lines"]')) {
  const text = place.querySelector('textarea'), row = document.createElement('div');
  const input = document.createElement('input'), button = document.createElement('button');
  row.className = 'lines';
  Object.assign(input, { className: 'input', autocomplete: 'off', ariaLabel: `${place.dataset.label}: ${text.labels[0]?.textContent ?? ''}` });
  input.setAttribute('list', place.dataset.list);
  Object.assign(button, { type: 'button', className: 'btn btn--quiet btn--small', textContent: place.dataset.button });
  const add = () => {
    const value = input.value.trim(), lines = text.value.split('\n').filter(line => line.trim());
    if (value && !lines.includes(value)) {
      text.value = [...lines, value].join('\n');
      text.dispatchEvent(new Event('input', { bubbles: true }));
    }
    input.value = '';
    input.focus();
  };
  button.addEventListener('click', add);
  input.addEventListener('keydown', event => { if (event.key === 'Enter') { event.preventDefault(); add(); } });
  row.append(input, button);
  place.append(row);
}
