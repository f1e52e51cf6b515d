// npm start: sets up what is missing, then runs the whole product. Arguments go to "pinhole up".
import { runOrExplain, setUp } from './setup.mjs';

runOrExplain(setUp);
process.argv.splice(2, 0, 'up');
await import('../packages/pinhole/bin/pinhole.js');
