package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import java.util.ArrayList;
import java.util.List;

/** The payload of a deletion record, in both directions. */
final class WalDeletion {

  private static final int MATCHER_BYTES_MIN = 3;
  /** An operator's code is its place here. */
  private static final List<TagMatcher.Op> OPS = List.of(
      TagMatcher.Op.EQUAL, TagMatcher.Op.NOT_EQUAL, TagMatcher.Op.REGEX, TagMatcher.Op.NOT_REGEX);

  private WalDeletion() {}

  static void encode(List<TagMatcher> matchers, TimeRange range, ByteWriter out) {
    out.writeVarint(range.start());
    out.writeUnsignedVarint(range.end() - range.start());
    out.writeUnsignedVarint(matchers.size());
    for (TagMatcher matcher : matchers) {
      out.writeByte(OPS.indexOf(matcher.op()));
      out.writeString(matcher.name());
      out.writeString(matcher.value());
    }
  }

  static void decode(long sequence, ByteReader in, WalBatch.Visitor visitor) {
    long start = in.readVarint();
    long end = start + in.readUnsignedVarint();
    if (end < start) {
      throw new CorruptionException("deletion ends before it starts");
    }
    int count = in.readCount(MATCHER_BYTES_MIN);
    var matchers = new ArrayList<TagMatcher>(count);
    for (int i = 0; i < count; i++) {
      int op = in.readByte();
      if (op >= OPS.size()) {
        throw new CorruptionException("deletion has a matcher with operator " + op);
      }
      matchers.add(new TagMatcher(in.readString(), OPS.get(op), in.readString()));
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last matcher");
    }
    visitor.deletion(sequence, matchers, new TimeRange(start, end));
  }
}
