#!/usr/bin/env bash
# Runs a main class that `build.sh` built: `run_java.sh DriverKt kotlin`.
set -euo pipefail
home=$(dirname "$0")/../../../../target/conformance/jvm main=com.renumerate.conformance.$1
shift
# The heap has a fixed size and all of its pages are allocated at the start, so that any growth is outside the heap.
exec env ${DRIVER_PRELOAD:+"LD_PRELOAD=$DRIVER_PRELOAD"} java -XX:+UseSerialGC -Xms128m -Xmx128m -XX:+AlwaysPreTouch \
    -cp "$home/driver.jar:$home/libraries/*" "$main" "$@"
