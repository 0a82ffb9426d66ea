/** An address as it may be shown: without credentials, and not endless. */
export function shownAddress(address: string): string {
  const shown = address.replace(/^([a-z][a-z+.-]*:\/\/)[^/?#@]*@/i, '$1…@');
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}
