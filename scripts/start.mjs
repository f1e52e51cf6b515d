// npm start: sets up what is missing, then runs the whole product. Arguments go to "pinhole up".
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, SOURCE_FLAGS } from './node24.mjs';
import { runOrExplain, setUp } from './setup.mjs';

const node = runOrExplain(setUp);
const main = join(root, 'packages', 'pinhole', 'src', 'main.ts');
const child = spawn(node, [...SOURCE_FLAGS, main, 'up', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
// A terminal's Ctrl-C reaches the child as well; other signals only us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
