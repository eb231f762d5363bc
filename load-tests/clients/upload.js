// Uploads a file with tus-js-client as it comes: its own delays between attempts, one request for all that is left.
// node upload.js <endpoint> <API key> <file>
import {createReadStream, statSync} from 'node:fs';
import {Upload} from 'tus-js-client';

const [endpoint, key, file] = process.argv.slice(2);
const STEP = 1_000_000;
let told = 0;

const upload = new Upload(createReadStream(file), {
  endpoint,
  headers: {'X-API-Key': key},
  uploadSize: statSync(file).size,
  chunkSize: Infinity,
  metadata: {filename: 'film.mp4', filetype: 'video/mp4'},
  onProgress: (sent) => {
    if (sent >= told + STEP) {
      told = sent;
      console.log(`sent ${sent}`);
    }
  },
  onShouldRetry: (error, attempt, options) => {
    const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
    console.log(`retry ${attempt} ${status}`);
    return status === 0 || status >= 500 || status === 409 || status === 423;
  },
  onError: (error) => {
    console.log(`failed ${String(error).replace(/\s+/g, ' ')}`);
    process.exitCode = 1;
  },
  onSuccess: () => console.log(`done ${new URL(upload.url).pathname}`),
});
upload.start();
