package io.chronicledb.engine.exemplar;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.codec.PackedBlock;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.ExemplarLabels;
import java.nio.ByteBuffer;

/** The payload of a block of exemplars, in both directions; the package's description draws it. */
public final class ExemplarBlock {

  private static final PackedBlock FORMAT = new PackedBlock("CHREXM", 1, "block of exemplars");
  private static final int ROW_BYTES_MIN = 11;

  private ExemplarBlock() {}

  /** Takes the exemplars of a block, ascending. */
  @FunctionalInterface
  public interface Visitor {

    /** The labels' bytes are valid during the call. */
    void exemplar(
        int seriesId, long timestamp, double value, byte[] labels, int offset, int length);
  }

  /** @param rows ascending, each once */
  static ByteBuffer encode(ExemplarRows rows) {
    var content = new ByteWriter(16 + 24 * rows.size() + rows.labelSize());
    content.writeUnsignedVarint(rows.size());
    int previousId = 0;
    long previousTime = 0;
    for (int row = 0; row < rows.size(); row++) {
      content.writeUnsignedVarint(rows.series(row) - previousId);
      content.writeVarint(rows.timestamp(row) - previousTime);
      content.writeDouble(rows.value(row));
      content.writeUnsignedVarint(rows.labelLength(row));
      content.writeBytes(rows.labelBytes(), rows.labelStart(row), rows.labelLength(row));
      previousId = rows.series(row);
      previousTime = rows.timestamp(row);
    }
    return FORMAT.write(content);
  }

  /** The exemplars of a block as rows. */
  static ExemplarRows rows(ByteBuffer block) {
    var rows = new ExemplarRows(64);
    decode(block, rows::add);
    return rows;
  }

  /**
   * Reads what encode wrote.
   *
   * @return how many exemplars there were
   * @throws CorruptionException where it is something else; the visitor may have got a part of it then
   */
  public static int decode(ByteBuffer block, Visitor visitor) {
    ByteReader in = FORMAT.open(block);
    int count = in.readCount(ROW_BYTES_MIN);
    long id = 0;
    long time = 0;
    for (int row = 0; row < count; row++) {
      long step = in.readUnsignedVarint();
      id += step;
      if (step < 0 || step > Integer.MAX_VALUE || id > Integer.MAX_VALUE) {
        throw new CorruptionException("exemplar " + row + " of " + count + " is "
            + Long.toUnsignedString(step) + " series ids behind the one before");
      }
      time += in.readVarint();
      double value = in.readDouble();
      int length = in.readCount(1);
      if (length > ExemplarLabels.BYTES_MAX) {
        throw new CorruptionException(
            "exemplar " + row + " of " + count + " has labels of " + length + " bytes");
      }
      visitor.exemplar((int) id, time, value, in.array(), in.arrayOffset(), length);
      in.skip(length);
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last exemplar of a block");
    }
    return count;
  }
}
