import { connectionsOfWorker, connectionsWanted } from './connections.js';

describe('Connections to PostgreSQL', () => {
  it('are 16 for a worker where the server has what is wanted, however many workers', () => {
    for (const workers of [1, 2, 8, 64]) expect(connectionsOfWorker(connectionsWanted(workers), workers)).toBe(16);
  });

  it('are shared out where there are fewer, and all processes of a reload fit in', () => {
    for (const workers of [3, 4, 8]) {
      const each = connectionsOfWorker(97, workers);
      expect(each).toBeGreaterThanOrEqual(2);
      expect(each).toBeLessThan(16);
      expect((workers + 1) * each + 52).toBeLessThanOrEqual(97);
    }
  });

  it('are two for a worker at least', () => {
    expect(connectionsOfWorker(20, 8)).toBe(2);
  });
});
