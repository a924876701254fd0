/* Shows a PDF page by page with PDF.js, its text above the picture, the words of the search marked in it. */
const LARGEST_CANVAS = 16_000_000, STEP = 1.25, SMALLEST = .4, LARGEST = 5, WIDEST = 900;
const SAFE = /^(?:https?|mailto):/i;
const LETTER = '[\\p{L}\\p{N}]', HYPHENS = '-\u2010\u00ad';

// The text of a page in one piece, words parted at a line's end put together; for every letter where it stands.
const joined = items => {
  let text = '';
  const places = [];
  items.forEach((item, i) => {
    for (let letter = 0; letter < item.str.length; letter++) places.push([i, letter]);
    text += item.str;
    if (!item.hasEOL) return;
    const next = items.slice(i + 1).find(later => later.str.trim());
    const parted = HYPHENS.includes(text.at(-1)) && /\p{L}/u.test(text.at(-2) ?? '') && /^\p{Ll}/u.test(next?.str ?? '');
    if (parted) { text = text.slice(0, -1); places.pop(); } else { text += '\n'; places.push(null); }
  });
  return [text, places];
};

// Where the written forms stand: pieces of items as [item, from, to].
const hits = (items, forms) => {
  const written = Object.keys(forms).sort((a, b) => b.length - a.length);
  if (!written.length) return [];
  const [text, places] = joined(items);
  const escaped = written.map(form => form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  const found = [];
  for (const match of text.matchAll(new RegExp(`(?<!${LETTER})(?:${escaped.join('|')})(?!${LETTER})`, 'gu'))) {
    for (const [from, to] of forms[match[0]]) {
      const pieces = [];
      for (let at = match.index + from; at < match.index + to; at++) {
        if (!places[at]) continue;
        const [item, letter] = places[at], last = pieces.at(-1);
        if (last && last[0] === item) last[2] = letter + 1; else pieces.push([item, letter, letter + 1]);
      }
      found.push(pieces);
    }
  }
  return found;
};

const markIn = (span, ranges) => {
  const text = span.textContent;
  let done = 0;
  span.textContent = '';
  for (const [from, to] of ranges) {
    if (from < done) continue;
    const mark = document.createElement('mark');
    mark.textContent = text.slice(from, to);
    span.append(text.slice(done, from), mark);
    done = to;
  }
  span.append(text.slice(done));
};

class Viewer {
  constructor(root) {
    this.root = root;
    this.data = root.dataset;
    this.number = Number(this.data.page);
    this.zoom = 1;
    this.turn = 0;
    this.part = name => root.querySelector(`[data-part="${name}"]`);
    this.bar = root.querySelector('.viewer__bar');
    this.field = root.querySelector('.viewer__number');
    this.stage = this.part('stage');
    this.forms = new Map();
    this.part('waiting').hidden = false;
    this.bind();
    this.open().catch(() => this.fail());
  }

  bind() {
    const deeds = {
      previous: () => this.go(this.number - 1), next: () => this.go(this.number + 1),
      smaller: () => this.scale(this.zoom / STEP), larger: () => this.scale(this.zoom * STEP), fit: () => this.scale(1),
    };
    this.bar.addEventListener('click', e => deeds[e.target.closest('[data-do]')?.dataset.do]?.());
    this.field.addEventListener('change', () => this.go(Number.parseInt(this.field.value, 10)));
    this.stage.addEventListener('keydown', e => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (!step || e.ctrlKey || e.metaKey || e.altKey || this.stage.scrollWidth > this.stage.clientWidth) return;
      e.preventDefault();
      this.go(this.number + step);
    });
    document.querySelectorAll('[data-viewer-page]').forEach(link => link.addEventListener('click', e => {
      if (!this.document || e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      this.go(Number(link.dataset.viewerPage), true);
    }));
    addEventListener('popstate', () => this.go(Number(new URLSearchParams(location.search).get('page')) || 1, true, false));
    let later;
    addEventListener('resize', () => { clearTimeout(later); later = setTimeout(() => this.document && this.draw(), 200); });
  }

  async open() {
    const pdf = this.pdf = await import(this.data.library);
    const parts = this.data.parts.replace(/[^/]*$/, '');
    pdf.GlobalWorkerOptions.workerSrc = this.data.worker;
    // In pieces and only what is looked at; no script of the file, no WebAssembly, nothing from elsewhere.
    this.document = await pdf.getDocument({
      url: this.data.file, rangeChunkSize: 262_144, disableAutoFetch: true, disableStream: true, isEvalSupported: false,
      enableXfa: false, useWasm: false, wasmUrl: parts, standardFontDataUrl: parts, useSystemFonts: true,
      maxImageSize: 60_000_000, verbosity: 0,
    }).promise;
    this.bar.hidden = this.stage.hidden = false;
    this.part('waiting').hidden = true;
    this.root.querySelector('#seiten-zahl').textContent = this.data.of.replace('{n}', this.document.numPages);
    this.number = Math.min(this.number, this.document.numPages);
    await this.draw();
    this.reach();
  }

  fail() {
    for (const part of ['waiting', 'unmarked', 'stage']) this.part(part).hidden = true;
    this.bar.hidden = true;
    this.part('failed').hidden = false;
  }

  async go(number, reach = false, noted = true) {
    if (!this.document) return;
    const wanted = Math.min(Math.max(Number.isFinite(number) ? number : this.number, 1), this.document.numPages);
    this.field.value = wanted;
    if (wanted !== this.number) {
      this.number = wanted;
      if (noted) this.note();
      await this.draw();
    }
    if (reach) this.reach();
    else if (this.stage.getBoundingClientRect().top < 0) this.stage.scrollIntoView({ block: 'start' });
  }

  // The address and the ways out of here name the page that is shown.
  note() {
    const here = new URL(location.href);
    here.searchParams.set('page', this.number);
    history.pushState(null, '', here);
  }

  scale(zoom) {
    this.zoom = Math.min(Math.max(zoom, SMALLEST), LARGEST);
    this.draw();
  }

  async draw() {
    const turn = ++this.turn;
    this.task?.cancel();
    try {
      const page = await this.document.getPage(this.number);
      const [content, forms] = await Promise.all([page.getTextContent(), this.formsOf(this.number)]);
      if (turn !== this.turn) return;
      const plain = page.getViewport({ scale: 1 });
      const scale = this.zoom * Math.min(this.stage.clientWidth - 4, WIDEST) / plain.width;
      const viewport = page.getViewport({ scale });
      const place = document.createElement('div'), canvas = document.createElement('canvas'), layer = document.createElement('div');
      place.className = 'viewer__page';
      layer.className = 'viewer__text';
      canvas.setAttribute('aria-hidden', 'true');
      if (this.data.lang) layer.lang = this.data.lang;
      place.style.setProperty('--total-scale-factor', scale);
      const sharp = Math.min(devicePixelRatio || 1, Math.sqrt(LARGEST_CANVAS / (viewport.width * viewport.height)));
      canvas.width = Math.floor(viewport.width * sharp);
      canvas.height = Math.floor(viewport.height * sharp);
      canvas.style.width = `${Math.floor(viewport.width)}px`;
      canvas.style.height = `${Math.floor(viewport.height)}px`;
      const links = await this.links(page, viewport);
      place.append(canvas, layer, links);
      this.task = page.render({ canvas, viewport, transform: sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0] });
      const text = new this.pdf.TextLayer({ textContentSource: content, container: layer, viewport });
      await Promise.all([this.task.promise, text.render()]);
      if (turn !== this.turn) return;
      const count = this.mark(content.items.filter(item => item.str !== undefined), text.textDivs, forms);
      this.stage.replaceChildren(place);
      this.part('unmarked').hidden = count > 0 || !Object.keys(forms).length;
      this.say(count);
    } catch (error) {
      if (error?.name !== 'RenderingCancelledException' && turn === this.turn) this.fail();
    }
  }

  // Where the document leads: to the web and to mail as any link here, to its own pages in this viewer; nowhere else.
  async links(page, viewport) {
    const layer = document.createElement('div');
    layer.className = 'viewer__links';
    for (const { subtype, rect, url, dest } of await page.getAnnotations({ intent: 'display' })) {
      if (subtype !== 'Link') continue;
      const leads = SAFE.test(url ?? ''), number = url || !dest ? 0 : await this.pageOf(dest);
      if (leads || number) layer.append(this.link(viewport, rect, url, number));
    }
    return layer;
  }

  link(viewport, [left, bottom, right, top], url, number) {
    const [[x1, y1], [x2, y2]] = [viewport.convertToViewportPoint(left, bottom), viewport.convertToViewportPoint(right, top)];
    const link = document.createElement('a');
    link.setAttribute('aria-label', number ? this.data.leads.replace('{page}', number) : url.replace(/^(?:https?:\/\/|mailto:)/i, ''));
    link.title = link.getAttribute('aria-label');
    const sides = { left: Math.min(x1, x2), top: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
    Object.entries(sides).forEach(([name, size]) => { link.style[name] = `${size}px`; });
    if (number) {
      link.href = `?${new URLSearchParams({ page: number, q: this.data.q })}`;
      link.addEventListener('click', e => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); this.go(number); } });
    } else {
      link.href = url;
      link.rel = 'noopener noreferrer';
    }
    return link;
  }

  // The number of the page that a place inside the document lies on; 0 where there is none.
  async pageOf(dest) {
    try {
      const [first] = typeof dest === 'string' ? await this.document.getDestination(dest) : dest;
      return 1 + (Number.isInteger(first) ? first : await this.document.getPageIndex(first));
    } catch {
      return 0;
    }
  }

  async formsOf(number) {
    if (!this.data.q) return {};
    if (!this.forms.has(number)) {
      const address = `${this.data.words}?${new URLSearchParams({ page: number, q: this.data.q })}`;
      const answer = await fetch(address, { redirect: 'error' }).catch(() => null);
      if (!answer?.ok) return {};
      this.forms.set(number, (await answer.json()).forms);
    }
    return this.forms.get(number);
  }

  mark(items, spans, forms) {
    const found = hits(items, forms), ranges = new Map();
    for (const [item, from, to] of found.flat()) ranges.set(item, [...(ranges.get(item) ?? []), [from, to]]);
    ranges.forEach((list, item) => spans[item] && markIn(spans[item], list));
    return found.length;
  }

  say(count) {
    const { shown, one, many } = this.data, pages = this.document.numPages;
    const words = shown.replace('{page}', this.number).replace('{pages}', pages);
    const marks = count === 1 ? one : many.replace('{n}', count);
    this.part('said').textContent = count ? `${words}, ${marks}` : words;
    this.stage.setAttribute('aria-label', words);
    this.field.value = this.number;
    this.bar.querySelector('[data-do="previous"]').setAttribute('aria-disabled', this.number === 1);
    this.bar.querySelector('[data-do="next"]').setAttribute('aria-disabled', this.number === pages);
    document.querySelectorAll('[data-viewer-page]').forEach(link => {
      if (Number(link.dataset.viewerPage) === this.number) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    });
    const text = document.querySelector('[data-viewer="text"]');
    if (text) {
      const address = new URL(text.href);
      address.searchParams.set('seite', this.number);
      address.hash = `seite-${this.number}`;
      text.href = address;
    }
  }

  // Brings the first marked word into view.
  reach() {
    this.stage.querySelector('mark')?.scrollIntoView({ block: 'center', inline: 'nearest' });
  }
}

document.querySelectorAll('[data-behaviour~="viewer"]').forEach(root => new Viewer(root));
