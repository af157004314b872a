import { channel } from 'node:diagnostics_channel';

const steps = channel('afterimage:step');

/** Tells whoever listens in this process what is about to happen: tests end processes just there. Nobody listens elsewhere. */
export function step(name: string): void {
  if (steps.hasSubscribers) steps.publish({ step: name });
}
