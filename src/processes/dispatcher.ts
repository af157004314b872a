import type { Socket } from 'node:net';

/** Who takes connections, one at a time: after each it says that it has it. */
export interface Receiver {
  offer(socket: Socket): void;
}

/**
 * Gives each connection to the next receiver that is free. What a receiver that dies had not taken yet goes to another, and
 * while there is none it waits.
 */
export class Dispatcher {
  private free: Receiver[] = [];
  private readonly offered = new Map<Receiver, Socket | undefined>();
  private readonly leaving = new Set<Receiver>();
  private readonly waiting: Socket[] = [];

  /** More than so many waiting connections are closed. */
  constructor(private readonly mostWaiting: number) {}

  take(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.waiting.length >= this.mostWaiting) socket.destroy();
    else this.waiting.push(socket);
    this.next();
  }

  add(receiver: Receiver): void {
    this.offered.set(receiver, undefined);
    this.free.push(receiver);
    this.next();
  }

  accepted(receiver: Receiver): void {
    if (!this.offered.has(receiver)) return;
    this.offered.get(receiver)?.destroy();
    this.offered.set(receiver, undefined);
    if (!this.leaving.has(receiver)) this.free.push(receiver);
    this.next();
  }

  /** It is offered nothing more. */
  retire(receiver: Receiver): void {
    this.leaving.add(receiver);
    this.free = this.free.filter((one) => one !== receiver);
  }

  /** It has ended. */
  remove(receiver: Receiver): void {
    const untaken = this.offered.get(receiver);
    this.retire(receiver);
    this.leaving.delete(receiver);
    this.offered.delete(receiver);
    if (untaken) this.waiting.unshift(untaken);
    this.next();
  }

  /** Nobody will take these any more. */
  closeWaiting(): void {
    for (const socket of this.waiting.splice(0)) socket.destroy();
  }

  private next(): void {
    while (this.waiting.length > 0 && this.free.length > 0) {
      const socket = this.waiting.shift();
      const receiver = socket?.destroyed === false ? this.free.shift() : undefined;
      if (!socket || !receiver) continue;
      this.offered.set(receiver, socket);
      receiver.offer(socket);
    }
  }
}
