/** The read path: one immutable view of all points, and cursors over the samples of one series. */
@NullMarked
package io.chronicledb.engine.read;

import org.jspecify.annotations.NullMarked;
