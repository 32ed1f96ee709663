/** The write path: from a batch of points to the WAL, the head, and later the data file. */
@NullMarked
package io.chronicledb.engine.write;

import org.jspecify.annotations.NullMarked;
