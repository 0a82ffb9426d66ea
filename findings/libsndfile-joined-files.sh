#!/usr/bin/env bash
# libsndfile 1.2.2 (in soundfile 0.14.0, PyPI); ffmpeg 7.0.2 (in imageio-ffmpeg 0.6.0, PyPI)
# The guess: a podcast episode that a host put together at the download (an advertisement, then the show: two MP3 files, one
# behind the other, each with its own Xing frame) or that a station wrote in pieces (chained Ogg streams) is decoded to its
# end, as players do; or there is an error.
# What is seen: of 3 and 40 seconds soundfile reads 3, all three ways. Of MP3 it tells a length of 3 seconds too: the number of
# frames in the first Xing frame ends the file, and nothing is said. Of chained Ogg the length is 2^63 - 1 frames, on which
# read() fails for want of memory, and reading by seconds ends without an error after the first stream. ffmpeg decodes all 43 seconds.
# Whoever searches an episode with soundfile or librosa (which asks it first) searches its first advertisement.
# Exits 0 while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check soundfile==0.14.0 imageio-ffmpeg==0.6.0 numpy==2.2.6
venv/bin/python - 2>/dev/null <<'PYTHON'
import subprocess
import imageio_ffmpeg
import soundfile

print('libsndfile', soundfile.__libsndfile_version__, 'ffmpeg', imageio_ffmpeg.get_ffmpeg_version())


def ffmpeg(*arguments):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), '-v', 'error', *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout


for name, *codec in (
    ('joined.mp3', '-c:a', 'libmp3lame', '-f', 'mp3'),
    ('joined.ogg', '-c:a', 'libvorbis', '-f', 'ogg'),
    ('joined.opus', '-c:a', 'libopus', '-f', 'ogg'),
):
    # To a file that cannot be wound back ffmpeg writes an empty Xing frame, so each part goes by the disk.
    with open(name, 'wb') as joined:
        for seconds in (3, 40):
            part = f'part-{seconds}-{name}'
            ffmpeg('-f', 'lavfi', '-i', f'sine=f={200 + seconds}:r=48000:d={seconds}', *codec, part)
            joined.write(open(part, 'rb').read())
    with soundfile.SoundFile(name) as sound:
        rate, told = sound.samplerate, sound.frames
        read = sum(iter(lambda: len(sound.read(rate)), 0))
    whole = len(ffmpeg('-i', name, '-f', 's16le', '-ac', '1', '-ar', '48000', '-')) / 2 / 48_000
    print(f'{name}: soundfile reads {read / rate:.3f} s and tells {told} frames; ffmpeg decodes {whole:.3f} s')
    assert abs(read / rate - 3) < 0.1, 'soundfile reads on'
    assert told == (read if name.endswith('mp3') else 2**63 - 1), 'another length'
    assert abs(whole - 43) < 0.2, 'ffmpeg ends early'
PYTHON
