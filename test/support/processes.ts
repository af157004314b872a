import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Server } from './server.js';

interface Process {
  readonly pid: number;
  readonly command: string;
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
}

/** The children of a process that live; a command is empty once its process has ended. */
export function childrenOf(parent: number): Process[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(ppid) === parent && state !== 'Z' ? [{ pid: Number(name), command: commandOf(Number(name)) }] : [];
    } catch {
      return [];
    }
  });
}

const pidOf = (server: Server): number => server.child.pid ?? 0;

const working = (server: Server, role: string): number[] => childrenOf(pidOf(server)).filter(({ command }) => command.includes(` work ${role} `)).map(({ pid }) => pid);

export const httpWorkers = (server: Server): number[] => working(server, 'http');

export const backgroundProcesses = (server: Server): number[] => working(server, 'background');

function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** The worker that writes the data of an image; undefined where none does. */
export const writerOf = (server: Server, imageId: string): number | undefined =>
  httpWorkers(server).find((pid) => openFilesOf(pid).some((file) => file.startsWith(server.imagesDir) && file.includes(imageId)));

export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

/** Whether somebody listens there. */
export function isListenedTo(url: string): boolean {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/tcp', 'utf8').split('\n').some((line) => line.includes(`:${port} 00000000:0000 0A`));
}
