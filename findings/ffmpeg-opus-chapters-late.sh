#!/usr/bin/env bash
# ffmpeg 7.0.2 (in imageio-ffmpeg 0.6.0, PyPI), chapters in Ogg Opus
# The guess: chapters that ffmpeg copies from an MP4 or a file of metadata into an Opus file keep their times,
# to the millisecond that the comments (CHAPTER001=hh:mm:ss.mmm) can tell.
# What is seen: what begins half a second or more after a whole one is written a second late: the seconds are rounded, and the
# milliseconds stand behind them all the same. 3.500 becomes 4.500 and 5.750 becomes 6.750, behind the chapter at 6.250
# that follows it. The same chapters in Matroska are right.
# Exits 0 while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0
ffmpeg=$(venv/bin/python -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')
"$ffmpeg" -version | head -1
{
  echo ';FFMETADATA1'
  for span in '0 2000' '2000 3500' '3500 5750' '5750 6250' '6250 10000'; do
    printf '[CHAPTER]\nTIMEBASE=1/1000\nSTART=%s\nEND=%s\ntitle=from %s\n' ${span% *} ${span#* } ${span% *}
  done
} > chapters.txt
for kind in opus mka; do
  "$ffmpeg" -v error -f lavfi -i sine=r=48000:d=10 -i chapters.txt -map 0:a -map_chapters 1 "sound.$kind"
  # As ffmpeg reads them again, in seconds of whatever time base it tells.
  "$ffmpeg" -v error -i "sound.$kind" -f ffmetadata - | awk -F= -v kind="$kind" '
    $1 == "TIMEBASE" { split($2, base, "/") } $1 == "START" { told[++n] = sprintf("%.3f", $2 * base[1] / base[2]) }
    END { printf "%s:", kind; for (i = 1; i <= n; i++) printf " %s", told[i]; print "" }'
done | tee seen.txt
diff seen.txt - <<'SEEN'
opus: 0.000 2.000 4.500 6.750 6.250
mka: 0.000 2.000 3.500 5.750 6.250
SEEN
