/** An MP3 file that has an ID3v2.4 tag with these text frames, and one silent frame of audio. */
export function taggedMp3(frames: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.concat(
    Object.entries(frames).map(([name, text]) => {
      const content = Buffer.from(`\u0003${text}`, 'utf8');
      return Buffer.concat([Buffer.from(name), syncSafe(content.length), Buffer.from([0, 0]), content]);
    }),
  );
  const silence = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0xc4]), Buffer.alloc(413)]);
  return Buffer.concat([Buffer.from('ID3\u0004\0\0', 'latin1'), syncSafe(body.length), body, silence, silence]);
}

function syncSafe(size: number): Buffer {
  return Buffer.from([21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f));
}
