// Plays a stream to its end with hls.js, and meanwhile tries to play it in a further session.
// node play.js <port of the page> <master playlist>
import {onPage} from './browser.js';

const [port, playlist] = process.argv.slice(2);

await onPage(Number(port), (page) => page.evaluate(async (source) => {
  const {Hls, report} = window;

  /** A player whose requests all name their session, and which loads no more than a few seconds ahead. */
  function player(session) {
    return new Hls({
      maxBufferLength: 4,
      maxMaxBufferLength: 4,
      xhrSetup: (xhr, url) => xhr.open('GET', `${url}${url.includes('?') ? '&' : '?'}sid=${session}`, true),
    });
  }

  const fatal = (hls) => new Promise((resolve) => hls.on(Hls.Events.ERROR, (event, error) => {
    if (error.fatal || (error.response && error.response.code === 403)) {
      resolve(`${error.details} ${error.response ? error.response.code : 0}`);
    }
  }));

  const video = document.querySelector('video');
  const first = player('first');
  const failed = fatal(first);
  let segments = 0;
  const playing = new Promise((resolve) => first.on(Hls.Events.FRAG_BUFFERED, () => resolve(++segments)));
  const ended = new Promise((resolve) => video.addEventListener('ended', () => resolve('ended')));
  first.loadSource(source);
  first.attachMedia(video);
  first.on(Hls.Events.MANIFEST_PARSED, (event, data) => {
    report(`renditions ${data.levels.length}`);
    video.play();
  });
  await Promise.race([playing, failed.then((why) => report(`first ${why}`))]);

  const second = player('second');
  const other = document.createElement('video');
  const turnedAway = fatal(second);
  const admitted = new Promise((resolve) => second.on(Hls.Events.FRAG_BUFFERED, () => resolve(`plays, renditions ${second.levels.length}`)));
  second.loadSource(source);
  second.attachMedia(other);
  report(`second ${await Promise.race([turnedAway, admitted])}`);

  report(`first ${await Promise.race([ended, failed])} ${video.currentTime.toFixed(1)} of ${video.duration.toFixed(1)} s, ${segments} segments`);
  first.destroy();
  second.destroy();
}, playlist));
