import { mutateBytes } from './mutate-bytes.ts';
import type { FuzzTarget } from './target.ts';

/** Fails for inputs that begin with "TURN": out of reach of chance, and near for who sees which comparisons succeed. */
export const lockedDoor: FuzzTarget = {
  name: 'lockedDoor',
  seeds: () => [Uint8Array.of(0, 0, 0, 0)],
  mutate: mutateBytes,
  run(input) {
    if (input[0] === 0x54) {
      if (input[1] === 0x55) {
        if (input[2] === 0x52) {
          if (input[3] === 0x4e) throw new Error('the door is open');
        }
      }
    }
    return [];
  },
};
