/** InfluxDB's line protocol. */
@NullMarked
package io.chronicledb.app.ingest.influx;

import org.jspecify.annotations.NullMarked;
