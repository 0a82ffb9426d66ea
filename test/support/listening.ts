import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Listening {
  readonly pid: number;
  readonly address: string;
  readonly port: number;
}

/** Where a process and all its descendants listen (Linux). */
export function listeningSockets(root: number): Listening[] {
  return familyOf(root).flatMap((pid) => {
    const inodes = socketsOf(pid);
    return ['tcp', 'tcp6'].flatMap((table) =>
      readFileSync(`/proc/net/${table}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
        .map(([, local = '']) => {
          const [address = '', port = ''] = local.split(':');
          return { pid, address: readable(address), port: Number.parseInt(port, 16) };
        }),
    );
  });
}

/** A process and all its descendants (Linux). */
export function familyOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended.
    }
  }
  const family = [root];
  for (const pid of family) for (const [child, parent] of parents) if (parent === pid) family.push(child);
  return family;
}

function socketsOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode) inodes.add(inode);
    }
  } catch {
    // It has ended, or one of its files was closed.
  }
  return inodes;
}

/** IPv4 is there in the order of the machine's bytes; of IPv6 only whether it is the loopback address matters. */
function readable(hex: string): string {
  if (hex.length > 8) return hex === '00000000000000000000000001000000' ? '::1' : `[${hex}]`;
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}
