#!/usr/bin/env bash
# symphonia 0.5.5 (crates.io), its MP3 decoder
# The guess: a decoder that says it is conformant and returns no error has decoded the frame; mixed blocks (two sub-bands of
# a long block, short windows above, ISO/IEC 11172-3 mixed_block_flag) are a case like any other.
# What is seen: of a mixed block the short windows are silent: the same lines of the spectrum in a short block are loud,
# though above the lowest two sub-bands both kinds are the same. No error, no warning. And the last band of the long part is
# not scaled: a line there is as loud at any global gain, while it falls by 6 dB for each 4 steps elsewhere.
# Exits 0 while both are so. Frames are written bit by bit, for no encoder in use writes mixed blocks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cargo init --quiet --vcs none --name seen .
cargo add --quiet symphonia-core@=0.5.5 symphonia-bundle-mp3@=0.5.5
cat > src/main.rs <<'RS'
use symphonia_bundle_mp3::MpaDecoder;
use symphonia_core::audio::{AudioBufferRef, Signal};
use symphonia_core::codecs::{CodecParameters, Decoder, DecoderOptions, CODEC_TYPE_MP3};
use symphonia_core::formats::Packet;

struct Bits(Vec<bool>);
impl Bits {
    fn put(&mut self, value: u32, bits: u32) {
        for bit in (0..bits).rev() {
            self.0.push((value >> bit) & 1 == 1);
        }
    }
}

/// A frame of 128 kbit/s, 44.1 kHz, mono: short blocks, perhaps mixed, with one line of the spectrum.
fn frame(mixed: bool, line: u32, gain: u32) -> Vec<u8> {
    let (mut side, mut main) = (Bits(vec![]), Bits(vec![]));
    side.put(0, 9 + 5 + 4);
    for _ in 0..2 {
        let from = main.0.len();
        for pair in 0..=line / 2 {
            // Huffman table 1, and a sign.
            match line.checked_sub(2 * pair) {
                Some(0) => main.put(0b01_0, 3),
                Some(1) => main.put(0b001_0, 4),
                _ => main.put(1, 1),
            }
        }
        side.put((main.0.len() - from) as u32, 12);
        side.put(line / 2 + 1, 9);
        side.put(gain, 8);
        side.put(0, 4);
        side.put(0b1_10, 3);
        side.put(mixed.into(), 1);
        side.put(0b00001_00001, 10);
        side.put(0, 9 + 3);
    }
    let mut bytes = vec![0u8; 417];
    bytes[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0xc0]);
    for (at, bit) in side.0.iter().chain(&main.0).enumerate() {
        bytes[4 + at / 8] |= u8::from(*bit) << (7 - at % 8);
    }
    bytes
}

fn rms(mixed: bool, line: u32, gain: u32) -> f64 {
    let mut parameters = CodecParameters::new();
    parameters.for_codec(CODEC_TYPE_MP3).with_sample_rate(44_100);
    let mut decoder = MpaDecoder::try_new(&parameters, &DecoderOptions::default()).unwrap();
    let (mut sum, mut count) = (0f64, 0);
    for _ in 0..20 {
        let packet = Packet::new_from_boxed_slice(0, 0, 0, frame(mixed, line, gain).into_boxed_slice());
        if let AudioBufferRef::F32(samples) = decoder.decode(&packet).expect("no error") {
            sum += samples.chan(0).iter().map(|&s| f64::from(s) * f64::from(s)).sum::<f64>();
            count += samples.frames();
        }
    }
    (sum / count as f64).sqrt()
}

fn main() {
    let (short, mixed) = (rms(false, 100, 202), rms(true, 100, 202));
    println!("line 100: short block {short:.6}, mixed block {mixed:.6}");
    let falls = |line| rms(true, line, 206) / rms(true, line, 198);
    let (below, last) = (falls(20), falls(32));
    println!("mixed block, global gain 8 steps lower: line 20 is {below:.2} times fainter, line 32 {last:.2} times");
    let as_stated = short > 1e-3 && mixed < 1e-6 && (below - 4.0).abs() < 0.01 && (last - 1.0).abs() < 0.01;
    std::process::exit(if as_stated { 0 } else { 1 });
}
RS
cargo run --quiet --release
