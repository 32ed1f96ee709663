/** Prometheus remote write 1.0. The messages are read by hand: a protobuf runtime would dictate its version to the whole process. */
@NullMarked
package io.chronicledb.app.ingest.remotewrite;

import org.jspecify.annotations.NullMarked;
