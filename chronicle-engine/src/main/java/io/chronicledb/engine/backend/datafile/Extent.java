package io.chronicledb.engine.backend.datafile;

import java.util.Comparator;

/** A run of whole pages of the file. */
record Extent(long offset, long length) {

  static final Comparator<Extent> BY_OFFSET = (a, b) -> Long.compare(a.offset, b.offset);

  /** The pages that {@code bytes} from {@code offset} on take. */
  static Extent of(long offset, long bytes) {
    return new Extent(offset, Layout.roundToPage(bytes));
  }

  long end() {
    return offset + length;
  }
}
