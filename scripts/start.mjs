// npm start: sets up what is missing, then runs the whole product. Arguments go to "pinhole up".
import { runOrExplain, setUp } from './setup.mjs';

const PARENT_CHECK_MS = 500;

runOrExplain(setUp);
endWithParent();
process.argv.splice(2, 0, 'up');
await import('../packages/pinhole/bin/pinhole.js');

/**
 * npm passes a SIGTERM on to a shell, which dies of it without telling us: without this, a stopped "npm start" would
 * leave the product on its ports.
 */
function endWithParent() {
  const parent = process.ppid;
  const check = () => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  };
  setInterval(check, PARENT_CHECK_MS).unref();
}
