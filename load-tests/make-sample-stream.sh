#!/bin/sh
# Makes the sample HLS stream again (needs ffmpeg with libx264): 16 s of test pattern and beeps, three renditions
# cut at the same instants so that a player may switch at every segment. The result is committed, so that neither
# the build nor the demo needs ffmpeg. Keep it below 1 MB.
set -eu
cd "$(dirname "$0")/src/main/resources/hls"
rm -rf demo && mkdir demo && cd demo

ffmpeg -hide_banner -loglevel error -y \
  -f lavfi -i "testsrc=size=640x360:rate=24:duration=16" \
  -f lavfi -i "sine=frequency=440:beep_factor=2:sample_rate=48000:duration=16" \
  -filter_complex "[0:v]split=3[a][b][c];[a]copy[v0];[b]scale=480:270:flags=area[v1];[c]scale=320:180:flags=area[v2];[1:a]asplit=3[a0][a1][a2]" \
  -map "[v0]" -map "[a0]" -map "[v1]" -map "[a1]" -map "[v2]" -map "[a2]" \
  -c:v libx264 -preset veryslow -profile:v main -pix_fmt yuv420p -g 48 -keyint_min 48 -sc_threshold 0 -flags +cgop \
  -b:v:0 240k -maxrate:v:0 260k -bufsize:v:0 480k \
  -b:v:1 110k -maxrate:v:1 120k -bufsize:v:1 220k \
  -b:v:2 50k -maxrate:v:2 55k -bufsize:v:2 100k \
  -c:a aac -ac 1 -b:a 24k \
  -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_type fmp4 -hls_flags independent_segments \
  -hls_fmp4_init_filename init.mp4 -hls_segment_filename '%v/segment-%02d.m4s' \
  -master_pl_name master.m3u8 -var_stream_map "v:0,a:0,name:360p v:1,a:1,name:270p v:2,a:2,name:180p" '%v/media.m3u8'

# ffmpeg numbers the initialisation segments although each has a folder of its own.
for rendition in 360p 270p 180p; do
  mv "$rendition"/init_*.mp4 "$rendition/init.mp4"
  sed -i 's/init_[0-9]*\.mp4/init.mp4/' "$rendition/media.m3u8"
done
