import type { Config } from '@pinhole/contract';
import { CommandError, systemError } from './exit.ts';

/** Turns what stopped a start into one line that says which port, who may have it, and how to choose another. */
export function startFailure(error: unknown, config: Config): CommandError {
  if (error instanceof CommandError) return error;
  const cause = systemError(error);
  if (cause === undefined || !('port' in cause) || !('address' in cause)) return otherFailure(error, cause);
  const place = { ip: String(cause.address), port: Number(cause.port), isUdp: cause.syscall === 'bind' };
  const where = `${place.isUdp ? 'UDP' : 'TCP'} port ${place.port} on ${place.ip}`;
  const change = optionFor(place, config);
  switch (cause.code) {
    case 'EADDRINUSE':
      return CommandError.failed(
        `${where} is taken by ${suspect(place)}. Stop it, or choose another port: ${change}`,
        error,
      );
    case 'EACCES':
      return CommandError.failed(
        `${where} needs root or CAP_NET_BIND_SERVICE. Grant it, or choose a port above 1023: ${change}`,
        error,
      );
    case 'EADDRNOTAVAIL':
      return CommandError.failed(`${place.ip} is no address of this machine. Choose one that is: ${change}`, error);
    default:
      return CommandError.failed(`${where} cannot be opened (${cause.code}). Choose another: ${change}`, error);
  }
}

interface Place {
  readonly ip: string;
  readonly port: number;
  readonly isUdp: boolean;
}

function optionFor({ ip, port, isUdp }: Place, config: Config): string {
  const { metrics, listen } = config;
  if (!isUdp && metrics.port === port && metrics.ip === ip) return `--set metrics.port=${port + 1}`;
  const index = listen.findIndex((entry) => entry.port === port && (entry.transport === 'udp') === isUdp);
  return index < 0 ? '--set listen=[…]' : `--set listen.${index}.port=${port < 1024 ? port + 8000 : port + 1}`;
}

function suspect({ port, isUdp }: Place): string {
  const list = `ss -H${isUdp ? 'u' : 't'}lpn 'sport = :${port}'`;
  const kind = isUdp ? 'a TURN server' : 'a web server';
  return `another program, perhaps ${kind} or another Pinhole (as root "${list}" names it)`;
}

function otherFailure(error: unknown, cause: NodeJS.ErrnoException | undefined): CommandError {
  const reason = error instanceof Error ? error.message : String(error);
  const path = cause?.path === undefined ? '' : ` Check ${cause.path}, or choose another --set dataDir=…`;
  return CommandError.failed(`Pinhole cannot start: ${reason}.${path}`, error);
}
