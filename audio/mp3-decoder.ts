import { MPEGDecoder } from 'mpg123-decoder';

/** A whole MP3 file, mixed to mono at its own sample rate. */
export async function decodedMp3(file: Uint8Array): Promise<Float32Array> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  const { channelData, samplesDecoded } = decoder.decode(file);
  const mono = new Float32Array(samplesDecoded);
  for (const channel of channelData)
    for (let i = 0; i < samplesDecoded; i++) mono[i]! += channel[i]! / channelData.length;
  decoder.free();
  return mono;
}
