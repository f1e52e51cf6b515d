/** The command with which a person makes the browsers of their own account trust a certificate authority. */
export function trustCommand(path: string, platform: NodeJS.Platform): string {
  const file = /^[\w./-]+$/.test(path) ? path : `"${path}"`;
  switch (platform) {
    case 'darwin':
      return `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${file}`;
    case 'win32':
      return `certutil -user -addstore Root ${file}`;
    default:
      // Chromium's store; Firefox takes the file in its settings.
      return `certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n pinhole -i ${file}`;
  }
}
