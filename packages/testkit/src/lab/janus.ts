// Debian's Janus as the SFU in the cloud: EchoTest and VideoRoom behind its WebSocket API, and nothing else of it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import type { LabProcess } from './lab-process.ts';
import { waitUntilUp } from './readiness.ts';

const WEBSOCKET_PORT = 8188;

/** The room that every Janus of the lab has. */
export const VIDEO_ROOM = 1234;

export interface Janus {
  /** The WebSocket API as a client without a firewall would address it. */
  readonly signalingUrl: string;
  readonly process: LabProcess;
}

/** Starts Janus on the cloud host and resolves once its API accepts connections. It ends with the lab. */
export async function startJanus(lab: Lab): Promise<Janus> {
  const { cloud } = lab.addresses;
  const folder = writeConfig(lab, cloud);
  const janus = lab.spawn('cloud', 'janus', ['--configs-folder', folder, '--config', join(folder, 'janus.jcfg')]);
  await waitUntilUp(lab, 'cloud', janus, { ip: cloud, port: WEBSOCKET_PORT });
  return { signalingUrl: `ws://${cloud}:${WEBSOCKET_PORT}/`, process: janus };
}

function writeConfig(lab: Lab, ip: string): string {
  const modules = findModules();
  lab.writeFile('janus/janus.jcfg', mainConfig(ip, modules));
  lab.writeFile('janus/janus.transport.websockets.jcfg', websocketConfig(ip));
  lab.writeFile('janus/janus.plugin.echotest.jcfg', 'general: { events = false }\n');
  const room = lab.writeFile('janus/janus.plugin.videoroom.jcfg', videoRoomConfig());
  return room.slice(0, room.lastIndexOf('/'));
}

interface Modules {
  readonly plugins: string;
  readonly transports: string;
}

/** Debian keeps them under the machine's architecture: /usr/lib/x86_64-linux-gnu/janus. */
function findModules(): Modules {
  const folders = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'janus'));
  const found = folders.find((folder) => existsSync(join(folder, 'plugins', 'libjanus_echotest.so')));
  if (found === undefined)
    throw new Error('Janus has no EchoTest plugin under /usr/lib/*/janus: apt-get install janus');
  return { plugins: join(found, 'plugins'), transports: join(found, 'transports') };
}

/** Everything but what the lab uses is switched off: no HTTP or Unix-socket API, no event handler, no admin API. */
function allBut(folder: string, kept: readonly string[]): string {
  const all = readdirSync(folder).filter((name) => name.endsWith('.so'));
  return all.filter((name) => !kept.includes(name)).join(',');
}

function mainConfig(ip: string, { plugins, transports }: Modules): string {
  // full_trickle = false puts Janus's candidates into its SDP; ignore_mdns keeps it from asking a name service that is not there;
  // no STUN server and ice_enforce_list leave the cloud address as its only candidate.
  return `
general: {
  plugins_folder = "${plugins}"
  transports_folder = "${transports}"
  debug_level = 4
  debug_colors = false
  session_timeout = 60
}
media: { ipv6 = false, rtp_port_range = "20000-20999" }
nat: { full_trickle = false, ice_tcp = false, ignore_mdns = true, ice_enforce_list = "${ip}" }
plugins: { disable = "${allBut(plugins, ['libjanus_echotest.so', 'libjanus_videoroom.so'])}" }
transports: { disable = "${allBut(transports, ['libjanus_websockets.so'])}" }
loggers: { disable = "libjanus_jsonlog.so" }
events: { broadcast = false }
`;
}

function websocketConfig(ip: string): string {
  return `
general: { ws = true, ws_port = ${WEBSOCKET_PORT}, ws_ip = "${ip}", wss = false }
admin: { admin_ws = false, admin_wss = false }
`;
}

function videoRoomConfig(): string {
  return `
room-${VIDEO_ROOM}: {
  description = "Lab"
  publishers = 6
  bitrate = 512000
  audiocodec = "opus"
  videocodec = "vp8"
}
`;
}
