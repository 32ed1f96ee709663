package io.chronicledb.engine.backend.datafile;

/** A run of whole pages of the file. The order is that of offsets. */
record Extent(long offset, long length) implements Comparable<Extent> {

  /** The pages that {@code bytes} from {@code offset} on take. */
  static Extent of(long offset, long bytes) {
    return new Extent(offset, Layout.roundToPage(bytes));
  }

  long end() {
    return offset + length;
  }

  @Override
  public int compareTo(Extent other) {
    int byOffset = Long.compare(offset, other.offset);
    return byOffset != 0 ? byOffset : Long.compare(length, other.length);
  }
}
