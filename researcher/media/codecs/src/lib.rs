//! Symphonia's decoders for a host that has containers, time and damage in its own hands: packets in, mono out.
//! One thread, no imports. A panic traps; the host throws the instance away then.

mod flac;

use std::slice;
use std::sync::atomic::Ordering;

use symphonia_bundle_flac::FlacDecoder;
use symphonia_bundle_mp3::MpaDecoder;
use symphonia_codec_aac::{AacDecoder, SBR_TOLD};
use symphonia_codec_alac::AlacDecoder;
use symphonia_codec_vorbis::VorbisDecoder;
use symphonia_core::audio::{AudioBuffer, AudioBufferRef, Channels, Signal};
use symphonia_core::codecs::{
    CodecParameters, CodecType, Decoder, DecoderOptions, CODEC_TYPE_AAC, CODEC_TYPE_ALAC, CODEC_TYPE_FLAC,
    CODEC_TYPE_MP1, CODEC_TYPE_MP2, CODEC_TYPE_MP3, CODEC_TYPE_VORBIS,
};
use symphonia_core::conv::IntoSample;
use symphonia_core::formats::Packet;
use symphonia_core::sample::Sample;

/// A decoder and the mono samples of its last packet.
pub struct Codec {
    decoder: Box<dyn Decoder>,
    mono: Vec<f32>,
    sample_rate: u32,
    /// The decoder mixes them itself, into the first one.
    mixes: bool,
    /// AAC: the last packet had something of HE-AAC.
    sbr: bool,
}

#[no_mangle]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    let mut bytes = Vec::<u8>::with_capacity(length);
    let pointer = bytes.as_mut_ptr();
    std::mem::forget(bytes);
    pointer
}

/// # Safety
/// `pointer` comes from `allocate` with the same length.
#[no_mangle]
pub unsafe extern "C" fn release(pointer: *mut u8, length: usize) {
    drop(Vec::from_raw_parts(pointer, 0, length));
}

/// Opens a decoder: 1–3 MPEG layers I–III, 4 AAC, 5 ALAC, 6 FLAC, 7 Vorbis. `extra` is what the codec's own headers
/// say (AudioSpecificConfig, magic cookie, STREAMINFO, identification and setup header). Of MPEG audio only the lowest
/// 1 / `every` of the sound may be wanted (1, 2 or 4): one of so many samples, as many times as loud, and the others 0. Null
/// if it cannot be.
///
/// # Safety
/// `extra` points to `length` bytes.
#[no_mangle]
pub unsafe extern "C" fn open(
    codec: u32,
    extra: *const u8,
    length: usize,
    sample_rate: u32,
    channels: u32,
    every: usize,
) -> *mut Codec {
    let mut parameters = CodecParameters::new();
    parameters.with_sample_rate(sample_rate);
    if let Some(set) = Channels::from_bits(1u32.checked_shl(channels).unwrap_or(0).wrapping_sub(1)) {
        parameters.with_channels(set);
    }
    if length > 0 {
        parameters.with_extra_data(slice::from_raw_parts(extra, length).to_vec().into_boxed_slice());
    }
    let opened = match codec {
        1 => mpeg(&mut parameters, CODEC_TYPE_MP1, every),
        2 => mpeg(&mut parameters, CODEC_TYPE_MP2, every),
        3 => mpeg(&mut parameters, CODEC_TYPE_MP3, every),
        4 => boxed::<AacDecoder>(&mut parameters, CODEC_TYPE_AAC),
        5 => boxed::<AlacDecoder>(&mut parameters, CODEC_TYPE_ALAC),
        6 => boxed::<FlacDecoder>(&mut parameters, CODEC_TYPE_FLAC),
        7 => boxed::<VorbisDecoder>(&mut parameters, CODEC_TYPE_VORBIS),
        _ => None,
    };
    match opened {
        Some(decoder) => Box::into_raw(Box::new(Codec { decoder, mono: Vec::new(), sample_rate, mixes: codec == 3, sbr: false })),
        None => std::ptr::null_mut(),
    }
}

fn mpeg(parameters: &mut CodecParameters, codec: CodecType, every: usize) -> Option<Box<dyn Decoder>> {
    parameters.for_codec(codec);
    let mut decoder = MpaDecoder::try_new(parameters, &DecoderOptions { verify: false }).ok()?;
    decoder.want_every(every);
    Some(Box::new(decoder))
}

fn boxed<D: Decoder + 'static>(parameters: &mut CodecParameters, codec: CodecType) -> Option<Box<dyn Decoder>> {
    parameters.for_codec(codec);
    let decoder = D::try_new(parameters, &DecoderOptions { verify: false }).ok()?;
    Some(Box::new(decoder))
}

/// Decodes one packet; the number of samples a channel, or −1 where it is not understood.
///
/// # Safety
/// `codec` is open; `packet` points to `length` bytes.
#[no_mangle]
pub unsafe extern "C" fn decode(codec: *mut Codec, packet: *const u8, length: usize) -> i32 {
    let codec = &mut *codec;
    let packet = Packet::new_from_slice(0, 0, 0, slice::from_raw_parts(packet, length));
    SBR_TOLD.store(false, Ordering::Relaxed);
    let decoded = codec.decoder.decode(&packet);
    codec.sbr = SBR_TOLD.load(Ordering::Relaxed);
    match decoded {
        Ok(decoded) => {
            codec.sample_rate = decoded.spec().rate;
            match decoded {
                AudioBufferRef::F32(samples) => mix(&samples, if codec.mixes { 1 } else { usize::MAX }, &mut codec.mono),
                AudioBufferRef::S32(samples) => mix(&samples, usize::MAX, &mut codec.mono),
                _ => return -1,
            }
            codec.mono.len() as i32
        }
        Err(_) => -1,
    }
}

/// The mean of the channels, of the first ones.
fn mix<S: Sample + IntoSample<f32>>(samples: &AudioBuffer<S>, first: usize, mono: &mut Vec<f32>) {
    mono.clear();
    let channels = samples.spec().channels.count().min(first);
    if channels == 0 {
        return;
    }
    mono.extend(samples.chan(0).iter().map(|&sample| -> f32 { sample.into_sample() }));
    for channel in 1..channels {
        for (sum, &sample) in mono.iter_mut().zip(samples.chan(channel)) {
            let sample: f32 = sample.into_sample();
            *sum += sample;
        }
    }
    if channels > 1 {
        let share = 1.0 / channels as f32;
        mono.iter_mut().for_each(|sum| *sum *= share);
    }
}

/// Where the samples of the last packet are.
///
/// # Safety
/// `codec` is open.
#[no_mangle]
pub unsafe extern "C" fn output(codec: *const Codec) -> *const f32 {
    (*codec).mono.as_ptr()
}

/// Whether the last packet of AAC had something of HE-AAC in it.
///
/// # Safety
/// `codec` is open.
#[no_mangle]
pub unsafe extern "C" fn told_sbr(codec: *const Codec) -> u32 {
    (*codec).sbr.into()
}

/// Hz, of the last packet.
///
/// # Safety
/// `codec` is open.
#[no_mangle]
pub unsafe extern "C" fn rate(codec: *const Codec) -> u32 {
    (*codec).sample_rate
}

/// Forgets what came before, as after a gap.
///
/// # Safety
/// `codec` is open.
#[no_mangle]
pub unsafe extern "C" fn reset(codec: *mut Codec) {
    (*codec).decoder.reset();
}

/// # Safety
/// `codec` is open, and not used again.
#[no_mangle]
pub unsafe extern "C" fn close(codec: *mut Codec) {
    drop(Box::from_raw(codec));
}

/// Where the FLAC frame that begins at `bytes` ends: bytes; 0 if its end is not among them. `last`: nothing follows them.
///
/// # Safety
/// `bytes` points to `length` bytes.
#[no_mangle]
pub unsafe extern "C" fn flac_frame_bytes(bytes: *const u8, length: usize, last: u32) -> usize {
    flac::frame_bytes(slice::from_raw_parts(bytes, length), last != 0).unwrap_or(0)
}
