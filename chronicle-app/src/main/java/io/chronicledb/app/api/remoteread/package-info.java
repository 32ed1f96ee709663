/** Prometheus remote read: stored samples for another Prometheus, all at once or as a stream of its own chunks. */
@NullMarked
package io.chronicledb.app.api.remoteread;

import org.jspecify.annotations.NullMarked;
