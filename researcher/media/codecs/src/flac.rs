//! FLAC frames do not tell how long they are: one ends where its checksum is right and another begins (RFC 9639 §9.3).

/// CRC-16 of polynomial 0x8005, no reflection, from 0: over a frame with its own checksum it gives 0.
/// Eight tables, for eight bytes at a time.
static TABLES: [[u16; 256]; 8] = tables();

const fn tables() -> [[u16; 256]; 8] {
    let mut tables = [[0u16; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut value = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 0x8000 != 0 { (value << 1) ^ 0x8005 } else { value << 1 };
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut table = 1;
    while table < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[table - 1][byte];
            tables[table][byte] = (before << 8) ^ tables[0][(before >> 8) as usize];
            byte += 1;
        }
        table += 1;
    }
    tables
}

fn crc16(bytes: &[u8], mut crc: u16) -> u16 {
    let mut eights = bytes.chunks_exact(8);
    for eight in &mut eights {
        crc = TABLES[7][(eight[0] ^ (crc >> 8) as u8) as usize]
            ^ TABLES[6][(eight[1] ^ crc as u8) as usize]
            ^ TABLES[5][eight[2] as usize]
            ^ TABLES[4][eight[3] as usize]
            ^ TABLES[3][eight[4] as usize]
            ^ TABLES[2][eight[5] as usize]
            ^ TABLES[1][eight[6] as usize]
            ^ TABLES[0][eight[7] as usize];
    }
    for byte in eights.remainder() {
        crc = (crc << 8) ^ TABLES[0][((crc >> 8) as u8 ^ byte) as usize];
    }
    crc
}

/// A frame is at least its header of 6 bytes, a subframe and the checksum.
const SHORTEST: usize = 9;

/// What may follow a frame: the next one, another file, a tag, or padding.
fn follows(next: &[u8]) -> bool {
    (next[0] == 0xff && (next[1] & 0xfe) == 0xf8)
        || [&b"fLaC"[..], b"TAG", b"APETAGEX", b"ID3"].iter().any(|beginning| next.starts_with(beginning))
        || (next.len() >= PADDING && next[1..PADDING].iter().all(|byte| *byte == next[0]))
}

const BEGINNINGS: [u8; 5] = [0xff, b'f', b'T', b'A', b'I'];

/// So many bytes that are alike are no frame.
const PADDING: usize = 8;

pub fn frame_bytes(bytes: &[u8], last: bool) -> Option<usize> {
    let mut crc = 0;
    let mut checked = 0;
    for end in SHORTEST..bytes.len().saturating_sub(1) {
        // Most bytes are neither a beginning nor like the next one.
        if !BEGINNINGS.contains(&bytes[end]) && bytes[end] != bytes[end + 1] {
            continue;
        }
        if follows(&bytes[end..]) {
            crc = crc16(&bytes[checked..end], crc);
            checked = end;
            if crc == 0 {
                return Some(end);
            }
        }
    }
    if last && bytes.len() >= SHORTEST && crc16(&bytes[checked..], crc) == 0 {
        return Some(bytes.len());
    }
    None
}
