/**
 * The seam under all file I/O. The data file and the write-ahead log touch storage only through {@link
 * io.chronicledb.engine.storage.Disk}, which is where tests inject faults and power cuts.
 */
@NullMarked
package io.chronicledb.engine.storage;

import org.jspecify.annotations.NullMarked;
