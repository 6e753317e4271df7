import type { VendorCatalogue } from './catalogue';

/** The models of the simulated upstream (`npm run simulator`). */
export const simulator: VendorCatalogue = {
  owner: 'simulator',
  source: 'test/support/simulator/README.md',
  sourceDate: '2026-11-23',
  models: [{ id: 'sim-*', prices: { inputPerMTok: 1, outputPerMTok: 2 }, endpoints: ['chat', 'embeddings'] }],
};
