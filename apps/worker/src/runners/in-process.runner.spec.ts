import { Logger } from '@nestjs/common';
import { jobRunnerContract, QUICK_RETRIES } from '../job-runner.contract.js';
import { jobId, retryDelay } from '../job-runner.js';
import { InProcessRunner } from './in-process.runner.js';

beforeAll(() => Logger.overrideLogger(false));

jobRunnerContract('in this process', async () => ({ open: async (nodes) => new InProcessRunner({ retries: QUICK_RETRIES, nodes }), close: async () => undefined }));

describe('the id of a job', () => {
  it('names the event, the reactor and the target', () => {
    expect(jobId('e', 'r')).toBe('e.r');
    expect(jobId('e', 'r', 't')).toBe('e.r.t');
  });
});

describe('the delay before the next try', () => {
  it('doubles up to its maximum, less a quarter at most', () => {
    const policy = { attempts: 9, firstDelayMs: 100, maxDelayMs: 500 };
    const delays = [1, 2, 3, 4, 60].map((attempt) => retryDelay(policy, attempt));
    [100, 200, 400, 500, 500].forEach((most, i) => {
      expect(delays[i]).toBeLessThanOrEqual(most);
      expect(delays[i]).toBeGreaterThanOrEqual(most * 0.75);
    });
  });
});
