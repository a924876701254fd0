/* Shows a notice when the network is gone. Keeps the files of that notice, fetched as a stranger, and nothing else. */
const CACHE = `notice-${VERSION}`;
const NOTICE = FILES[0];

const keep = async () => {
  const cache = await caches.open(CACHE);
  await Promise.all(FILES.map(async file => {
    const answer = await fetch(file, { credentials: 'omit', cache: 'no-cache' });
    if (!answer.ok) throw new Error(file);
    await cache.put(file, answer);
  }));
  await self.skipWaiting();
};
const tidy = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name !== CACHE).map(name => caches.delete(name)));
  await self.clients.claim();
};

self.addEventListener('install', event => event.waitUntil(keep()));
self.addEventListener('activate', event => event.waitUntil(tidy()));
self.addEventListener('fetch', event => {
  const { method, mode, url } = event.request, path = new URL(url).pathname;
  if (method !== 'GET') return;
  if (mode === 'navigate') event.respondWith(fetch(event.request).catch(() => caches.match(NOTICE)));
  else if (FILES.includes(path)) event.respondWith(fetch(event.request).catch(() => caches.match(path)));
});
