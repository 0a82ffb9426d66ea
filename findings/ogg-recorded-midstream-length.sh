#!/usr/bin/env bash
# mutagen 1.48.1, tinytag 2.3.2, av 18.1.0 (PyAV, with ffmpeg's libraries), soundfile 0.14.0 (libsndfile 1.2.2), all of PyPI
# The guess: the length of a recording of a live Ogg stream (its header pages, then the pages from when the recorder was
# switched on; RFC 7845, section 4.3, has such files in mind) is what can be heard of it, as in every player.
# What is seen: mutagen and tinytag give the time of the last page since the station began to send, and so does the
# container's duration in ffmpeg: 60 s for a file that holds the last 30. ffmpeg's frames begin at 30 s, so what is heard at
# 0:05 in a decoded file is at 0:35 by the clock of the frames. soundfile tells and reads 30 s.
# Exits 0 while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mutagen==1.48.1 tinytag==2.3.2 av==18.1.0 soundfile==0.14.0 \
  imageio-ffmpeg==0.6.0 numpy==2.2.6
venv/bin/python - <<'PYTHON'
import struct
import subprocess
import av
import imageio_ffmpeg
import mutagen
import soundfile
from tinytag import TinyTag

ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
subprocess.run(
    [ffmpeg, '-v', 'error', '-f', 'lavfi', '-i', 'sine=r=48000:d=60', '-c:a', 'libopus', '-page_duration', '1000000', 'sent.opus'],
    check=True,
)
sent = open('sent.opus', 'rb').read()
pages, at = [], 0
while at < len(sent):
    segments = sent[at + 26]
    end = at + 27 + segments + sum(sent[at + 27 : at + 27 + segments])
    pages.append(sent[at:end])
    at = end
# Two pages of headers, then what ends after 30 s (granule positions count samples at 48 kHz).
late = [page for page in pages[2:] if struct.unpack_from('<q', page, 6)[0] > 30 * 48_000]
open('recorded.opus', 'wb').write(b''.join(pages[:2] + late))

told = {
    'mutagen': mutagen.File('recorded.opus').info.length,
    'tinytag': TinyTag.get('recorded.opus').duration,
    'soundfile': soundfile.info('recorded.opus').duration,
}
with av.open('recorded.opus') as container:
    told['ffmpeg, the container'] = container.duration / av.time_base
    frames = list(container.decode(audio=0))
    told['ffmpeg, its frames'] = sum(frame.samples for frame in frames) / 48_000
    told['ffmpeg, the first frame at'] = float(frames[0].time)
for what, seconds in told.items():
    print(f'{what}: {seconds:.3f} s')
for what in ('mutagen', 'tinytag', 'ffmpeg, the container'):
    assert abs(told[what] - 60) < 0.1, what
for what in ('soundfile', 'ffmpeg, its frames', 'ffmpeg, the first frame at'):
    assert abs(told[what] - 30) < 1.1, what
PYTHON
