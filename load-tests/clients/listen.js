// Listens to an event stream and talks over a WebSocket until both have been told to come back, and have.
// node listen.js <port of the page> <gateway>
import {onPage} from './browser.js';

const [port, gateway] = process.argv.slice(2);

await onPage(Number(port), (page) => page.evaluate(async (base) => {
  const {report} = window;

  function events() {
    return new Promise((resolve) => {
      const ids = [];
      let broken = 0;
      const source = new EventSource(`${base}/api/feed/events`);
      source.onerror = () => {
        broken++;
        report(`events lost, ${source.readyState === EventSource.CLOSED ? 'for good' : 'reconnecting'}`);
      };
      source.onmessage = (message) => {
        ids.push(Number(message.lastEventId));
        if (ids.length === 1) {
          report('events begun');
        }
        if (broken > 0 && ids.length > 20) {
          source.close();
          const gaps = ids.filter((id, i) => i > 0 && id !== ids[i - 1] + 1).length;
          resolve(`events back, ${gaps} gaps`);
        }
      };
    });
  }

  /** Connects again, as applications do: a WebSocket does not by itself. */
  function socket() {
    return new Promise((resolve) => {
      const codes = [];
      function connect() {
        const talk = new WebSocket(`${base.replace('http', 'ws')}/api/feed/chat`);
        talk.onopen = () => talk.send(`hello ${codes.length}`);
        talk.onmessage = (message) => {
          report(`socket heard ${message.data}`);
          if (codes.length > 0) {
            talk.onclose = null;
            talk.close(1000);
            resolve(`socket back, ${message.data} after ${codes.join(' ')}`);
          }
        };
        talk.onclose = (closed) => {
          codes.push(closed.code);
          setTimeout(connect, 500);
        };
      }
      connect();
    });
  }

  const lines = await Promise.all([events(), socket()]);
  lines.forEach(report);
}, gateway));
