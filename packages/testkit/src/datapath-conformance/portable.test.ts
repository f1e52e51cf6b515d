import { createPortableDatapath } from '@pinhole/edge';
import { datapathConformance } from './suite.ts';

datapathConformance('portable', async (sink, options) => createPortableDatapath({ sink, ...options }));
