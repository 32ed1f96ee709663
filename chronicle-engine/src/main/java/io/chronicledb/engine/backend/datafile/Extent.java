package io.chronicledb.engine.backend.datafile;

/** A run of whole pages of the file. */
record Extent(long offset, long length) {

  /** The pages that {@code bytes} from {@code offset} on take. */
  static Extent of(long offset, long bytes) {
    return new Extent(offset, Layout.roundToPage(bytes));
  }

  long end() {
    return offset + length;
  }
}
