package io.chronicledb.engine.wal;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.ExemplarLabels;

/** The payload of an exemplar record, in both directions. */
public final class WalExemplars {

  private static final int ROW_BYTES_MIN = 11;

  private WalExemplars() {}

  /** Appends the exemplars' part of a payload. Series are whatever the segment's series parts say they are. */
  public static void encode(ExemplarRows rows, ByteWriter out) {
    out.writeUnsignedVarint(rows.size());
    long previousTime = 0;
    int previousId = 0;
    for (int row = 0; row < rows.size(); row++) {
      out.writeVarint((long) rows.series(row) - previousId);
      out.writeVarint(rows.timestamp(row) - previousTime);
      out.writeDouble(rows.value(row));
      out.writeUnsignedVarint(rows.labelLength(row));
      out.writeBytes(rows.labelBytes(), rows.labelStart(row), rows.labelLength(row));
      previousId = rows.series(row);
      previousTime = rows.timestamp(row);
    }
  }

  static void decode(long sequence, ByteReader in, WalBatch.Visitor visitor) {
    WalBatch.decodeSeries(in, visitor);
    int count = in.readCount(ROW_BYTES_MIN);
    var rows = new ExemplarRows(count);
    long id = 0;
    long time = 0;
    for (int row = 0; row < count; row++) {
      id += in.readVarint();
      if (id < 0 || id > Integer.MAX_VALUE) {
        throw new CorruptionException("exemplar " + row + " of " + count + " is of series " + id);
      }
      time += in.readVarint();
      double value = in.readDouble();
      int length = in.readCount(1);
      if (length > ExemplarLabels.BYTES_MAX) {
        throw new CorruptionException(
            "exemplar " + row + " of " + count + " has labels of " + length + " bytes");
      }
      rows.add((int) id, time, value, in.array(), in.arrayOffset(), length);
      in.skip(length);
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last exemplar");
    }
    visitor.exemplars(sequence, rows);
  }
}
