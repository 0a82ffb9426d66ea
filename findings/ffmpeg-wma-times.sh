#!/usr/bin/env bash
# ffmpeg 7.0.2 (in imageio-ffmpeg 0.6.0, PyPI), Windows Media Audio
# The guess: `ffmpeg -i x.wma x.wav` has a sound where a player has it, as with MP4, MP3 or Opus: what a decoder leaves out at
# the beginning it leaves out of the time too.
# What is seen: the decoder gives nothing for the first two packets, the first frame says that it is at 0.092 s, and ffplay
# begins there; in the WAV file it is at 0. A sound that was encoded at 1.000 s is at 0.954 s in the WAV file and at 1.046 s in
# a player: who cuts by the one and listens by the other is 92 ms off. With the filter aresample=async=1:first_pts=0 the
# file is as the player.
# Exits 0 while the two are 85 to 100 ms apart, on both sides of the true place.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0
ffmpeg=$(venv/bin/python -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')
"$ffmpeg" -version | head -1
# Silence, and from 1.000 s on a tone.
"$ffmpeg" -v error -f lavfi -i 'aevalsrc=gte(t\,1)*0.5*sin(2*PI*1000*t):d=2:s=44100' -c:a wmav2 -b:a 128k tone.wma
begins() {
  "$ffmpeg" -v error -i tone.wma "${@}" -ac 1 -ar 44100 -f s16le - |
    venv/bin/python -c '
import array, sys
samples = array.array("h", sys.stdin.buffer.read())
print(next(i for i, value in enumerate(samples) if abs(value) > 4000) / 44.1)'
}
file=$(begins)
player=$(begins -af aresample=async=1:first_pts=0)
echo "the tone was encoded at 1000 ms; in the file it begins at $file ms, by the clock of the frames at $player ms"
venv/bin/python -c "
file, player = $file, $player
raise SystemExit(0 if file < 985 and player > 1015 and 85 < player - file < 100 else 1)"
