// A headless Chromium on a page of another origin than the gateway's, as web applications are.
import {createServer} from 'node:http';
import {existsSync, readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {chromium} from 'playwright-core';

const HLS = new URL('./node_modules/hls.js/dist/hls.min.js', import.meta.url);

function executable() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const places = process.env.PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return process.env.CHROMIUM ?? places.find((place) => existsSync(place));
}

/** Calls `work` with an empty page that has hls.js, on an origin that the policy of the test allows. */
export async function onPage(port, work) {
  const server = createServer((request, response) => {
    if (request.url === '/hls.js') {
      response.setHeader('Content-Type', 'text/javascript').end(readFileSync(HLS));
    } else {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>A client</title><script src="/hls.js"></script><video muted></video>');
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: executable(),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--no-first-run', '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.log(`page ${String(error)}`));
    await page.exposeFunction('report', (line) => console.log(line));
    await page.goto(`http://127.0.0.1:${port}/`);
    await work(page);
  } finally {
    await browser.close();
    server.close();
  }
}
