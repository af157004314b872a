import { Socket } from 'node:net';
import { Dispatcher, type Receiver } from './dispatcher.js';

/** Takes what it is offered when told to. */
class Taker implements Receiver {
  readonly offered: Socket[] = [];
  offer(socket: Socket): void {
    this.offered.push(socket);
  }
}

function connected(dispatcher: Dispatcher, count: number): Socket[] {
  const sockets = Array.from({ length: count }, () => new Socket());
  for (const socket of sockets) dispatcher.take(socket);
  return sockets;
}

describe('The dispatcher', () => {
  let dispatcher: Dispatcher;
  let [a, b] = [new Taker(), new Taker()];
  beforeEach(() => {
    dispatcher = new Dispatcher(4);
    [a, b] = [new Taker(), new Taker()];
  });

  it('gives connections in turn, and to each receiver one that it has not taken yet', () => {
    dispatcher.add(a);
    dispatcher.add(b);
    const [first, second, third] = connected(dispatcher, 3);
    expect([a.offered, b.offered]).toEqual([[first], [second]]);
    dispatcher.accepted(b);
    expect(b.offered).toEqual([second, third]);
    expect([first?.destroyed, second?.destroyed]).toEqual([false, true]);
  });

  it('lets connections wait for the first receiver, and closes those that are too many', () => {
    const sockets = connected(dispatcher, 6);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, false, false, false, true, true]);
    dispatcher.add(a);
    for (let i = 0; i < 4; i += 1) dispatcher.accepted(a);
    expect(a.offered).toEqual(sockets.slice(0, 4));
  });

  it('gives what a dead receiver had not taken to another, before all others', () => {
    dispatcher.add(a);
    const [first, second] = connected(dispatcher, 2);
    dispatcher.remove(a);
    dispatcher.add(b);
    dispatcher.accepted(b);
    expect(b.offered).toEqual([first, second]);
  });

  it('offers nothing more to one that leaves, though it may take what it was offered', () => {
    dispatcher.add(a);
    dispatcher.add(b);
    const [first, second] = connected(dispatcher, 2);
    dispatcher.retire(a);
    dispatcher.accepted(a);
    dispatcher.accepted(b);
    const [third] = connected(dispatcher, 1);
    expect([a.offered, b.offered]).toEqual([[first], [second, third]]);
    dispatcher.remove(a);
    dispatcher.accepted(b);
    expect(b.offered).toHaveLength(2);
  });

  it('forgets a connection that closed while it waited', () => {
    const [first, second] = connected(dispatcher, 2);
    first?.destroy();
    dispatcher.add(a);
    expect(a.offered).toEqual([second]);
  });
});
