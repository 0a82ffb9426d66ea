/** What a server says to tell one version of a file from another. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** Validators of which some may be unknown. */
export function knownValidators(some: { readonly [Name in keyof Validators]?: string | undefined }): Validators {
  const { etag, lastModified } = some;
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

/** The validators among the headers of an answer. */
export function validatorsOf(headers: Readonly<Record<string, string | undefined>>): Validators {
  return knownValidators({ etag: headers.etag, lastModified: headers['last-modified'] });
}

/** The headers that ask for something only if it has changed. */
export function conditionalOn({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  };
}
