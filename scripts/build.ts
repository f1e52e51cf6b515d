// Bundles what browsers load: the SDK and the demo page.
import { buildClient } from '../packages/client/build.ts';
import { buildDemo } from '../packages/pinhole/demo/build.ts';

await Promise.all([buildClient(), buildDemo()]);
