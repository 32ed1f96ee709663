package io.chronicledb.engine.metadata;

import io.chronicledb.engine.bytes.ByteReader;
import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.codec.PackedBlock;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Metadata as bytes, in the log and in its block; the package's description draws them. */
public final class MetadataFormat {

  private static final PackedBlock FORMAT = new PackedBlock("CHRMTD", 1, "block of metadata");

  private static final int METRIC = 0;
  private static final int FIELD = 1;
  private static final int CHANGE_BYTES_MIN = 3;

  private MetadataFormat() {}

  /** Appends changes, headed by their count. */
  public static void encode(List<MetadataChange> changes, ByteWriter out) {
    out.writeUnsignedVarint(changes.size());
    for (MetadataChange change : changes) {
      if (change instanceof MetadataChange.OfMetric metric) {
        out.writeByte(METRIC);
        out.writeString(metric.metric());
        out.writeByte(metric.metadata().type().id());
        out.writeString(metric.metadata().help());
        out.writeString(metric.metadata().unit());
      } else if (change instanceof MetadataChange.Field field) {
        out.writeByte(FIELD);
        out.writeString(field.measurement());
        out.writeString(field.field());
      }
    }
  }

  /**
   * Reads what {@link #encode} wrote, up to the end.
   *
   * @throws CorruptionException where it is something else; the receiver may have got a part of it then
   */
  public static void decode(ByteReader in, Consumer<MetadataChange> into) {
    int count = in.readCount(CHANGE_BYTES_MIN);
    for (int i = 0; i < count; i++) {
      int what = in.readByte();
      if (what > FIELD) {
        throw new CorruptionException("metadata change " + i + " is of the unknown kind " + what);
      }
      String name = in.readString();
      try {
        into.accept(
            what == METRIC
                ? new MetadataChange.OfMetric(
                    name,
                    new MetricMetadata(
                        MetricType.of(in.readByte()), in.readString(), in.readString()))
                : new MetadataChange.Field(name, in.readString()));
      } catch (BadDataException e) {
        throw new CorruptionException("metadata change " + i + ": " + e.getMessage());
      }
    }
    if (in.remaining() != 0) {
      throw new CorruptionException(in.remaining() + " bytes follow the last metadata change");
    }
  }

  /** A block of all that is known. */
  static ByteBuffer encodeBlock(List<MetadataChange> all) {
    var content = new ByteWriter(64 + 64 * all.size());
    encode(all, content);
    return FORMAT.write(content);
  }

  /**
   * Reads a block.
   *
   * @return how many entries it has
   * @throws CorruptionException where it is something else; the receiver may have got a part of it then
   */
  public static int decodeBlock(ByteBuffer block, Consumer<MetadataChange> into) {
    var count = new int[1];
    decode(FORMAT.open(block), change -> {
      count[0]++;
      into.accept(change);
    });
    return count[0];
  }
}
