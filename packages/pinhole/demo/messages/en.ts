/** Every text of the page. `{name}` is filled in by `fill()`. */
export const en = {
  language: '中文',
  auto: 'Auto',
  transportLegend: 'Way to the relay',
  sourceLegend: 'Picture',
  sourcePicture: 'Test picture',
  sourceCamera: 'Camera',
  sent: 'Sent',
  received: 'Received through the relay',
  soundOn: 'Sound on',
  soundOff: 'Sound off',
  transport: 'Transport',
  roundTrip: 'Round trip',
  bitrate: 'Received',
  loss: 'Packets lost',
  firstFrame: 'First picture after',
  pathTitle: 'The path of this call',
  pathBrowser: 'This browser',
  pathBrowserNote: 'one end of the call',
  pathRelay: 'relayed',
  pathPeer: 'Peer',
  pathPeerNote: 'the other end, in this page too',
  triedWhat: 'Tried',
  triedAddress: 'Address',
  triedOutcome: 'Outcome',
  triedTime: 'Time',
  triedSession: 'Session',
  outcomes: {
    works: 'works',
    failed: 'failed',
    refused: 'refused',
    timeout: 'no answer',
    pending: 'no answer yet',
  },
  firewallTitle: 'For the firewall',
  firewallText:
    'The row for everything is enough for a call. UDP makes sound and picture better where the firewall may open it.',
  protocol: 'Protocol',
  port: 'Port',
  purpose: 'For',
  purposes: { media: 'sound and picture', all: 'everything: page, signalling, sound and picture' },
  appTitle: 'For your app',
  appText: 'Three lines, before the app joins. Your server makes the token.',
  copy: 'Copy',
  copied: 'Copied',
  about: 'Datapath: {datapath}. This page loads nothing from any other host.',
  starting: 'Finding a way through',
  startingText: 'Asking Pinhole for a session, and proving which ways to the relay are open.',
  connecting: 'Placing the call',
  connectingText:
    'The way is open over {transport}. The two ends of the call are finding each other through the relay.',
  connected: 'The call is through, over {transport}',
  connectedText: 'Sound and picture go to {address} and come back by the relay. No packet takes another way.',
  interrupted: 'The call is interrupted',
  interruptedText: 'No packet arrives any more. The browser is trying to mend the path for some seconds.',
  failed: 'The call is not through',
  failedText: 'Nothing got through over {transports}.',
  why: {
    'best-works': 'It is the best of the ways, and it works.',
    'better-failed': 'The better ways failed.',
    'better-too-slow': 'A better way gave no answer in time, so it was not waited for.',
    'only-one': '',
  },
  helpTitle: 'What to do',
  noteTitle: 'What would open the other ways',
  helpUdp:
    'UDP to {address} gets no answer. Many strict firewalls drop UDP: allow it there for the best quality, or use TCP or TLS.',
  helpTcp:
    'Plain TURN over TCP to {address} gets no answer. Where a gateway lets only HTTPS through, TLS looks like HTTPS to it.',
  helpTls:
    'TURN over TLS to {address} failed. Check that the certificate is one that this browser trusts, and that nothing on the way inspects TLS.',
  helpCa:
    'This server uses a development certificate, and browsers refuse TURN over TLS from an authority that they do not know. Trust it once: ',
  helpCaDownload: 'download the CA',
  helpCaFile:
    ' (on the server: {path}), then import it into your browser as an authority for websites. Chromium on Linux: ',
  helpCall:
    'The relay was reached, but the two ends did not find each other within {seconds} s. The server log names packets that the peer policy refused.',
  helpLost:
    'The call was through, and then its path broke: the server stopped, or the network changed. Choose a way to call again.',
  helpConfig:
    'The demo is not switched on here, or the server cannot be reached ({status}). Reload the page to try again.',
  helpCamera: 'The camera is not available ({reason}). The call goes on with the test picture.',
};

export type Messages = typeof en;
