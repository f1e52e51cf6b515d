/** What Pinhole says to the person at the terminal. */
export const en = {
  ready: (seconds: string): string => `Pinhole is ready (${seconds} s).`,
  demoPage: 'Demo page',
  server: 'Server',
  datapath: 'Datapath',
  metrics: 'Metrics',
  developmentAuthority: 'Development CA',
  trust: (command: string): string => `until browsers trust it, TURN over TLS fails in them: ${command}`,
  noWeb: 'no mux listener is configured, so there is no web port',
  snippet: 'In an app (token: pinhole token APP):',
  allowlist: {
    protocol: 'Protocol',
    ip: 'IP',
    port: 'Port',
    purpose: 'Purpose',
    purposes: { media: 'media', all: 'web, signalling and media: enough alone' },
  },
};

export type Messages = typeof en;
