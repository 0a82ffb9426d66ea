/** A copy of an address without its credentials: fit to be asked, compared and remembered. */
export function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = bare.password = '';
  return bare;
}

export function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/** The value of an Authorization header (RFC 7617) for the credentials of an address. */
export function basicAuthorization({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${percentDecoded(username)}:${percentDecoded(password)}`).toString('base64')}`;
}

/** A password may have a % that encodes nothing. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
