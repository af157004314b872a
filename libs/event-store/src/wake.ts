/** Lets one loop sleep until it is needed. A call that comes while it is busy is not lost. */
export class Wake {
  private called = false;
  private wakened = Promise.withResolvers<void>();

  now(): void {
    this.called = true;
    this.wakened.resolve();
  }

  /** Resolves at a call since the last time it resolved, or after `ms`, or at once where the signal has aborted. */
  async after(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.called && !signal.aborted) {
      this.wakened = Promise.withResolvers<void>();
      const timer = setTimeout(() => this.wakened.resolve(), ms);
      const abort = () => this.wakened.resolve();
      signal.addEventListener('abort', abort, { once: true });
      await this.wakened.promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
    this.called = false;
  }
}
