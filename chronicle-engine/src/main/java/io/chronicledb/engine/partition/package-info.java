/** Time in the data file: partitions are windows of time, each with the blocks that hold its samples. */
@NullMarked
package io.chronicledb.engine.partition;

import org.jspecify.annotations.NullMarked;
