package io.chronicledb.engine.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.MetricMetadata;
import io.chronicledb.engine.model.MetricType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetadataFormatTest {

  private static final String GOLDEN = "metadata-v1/block.bin";
  private static final int CRC_OFFSET = 6;
  private static final int BODY_OFFSET = 10;

  private static final List<MetadataChange> CHANGES = List.of(
      new MetadataChange.OfMetric(
          "http_requests_total",
          new MetricMetadata(MetricType.COUNTER, "How many requests there were.", "")),
      new MetadataChange.OfMetric(
          "latency_seconds", new MetricMetadata(MetricType.GAUGEHISTOGRAM, "Ü🙂", "seconds")),
      new MetadataChange.OfMetric("x", new MetricMetadata(MetricType.UNKNOWN, "", "")),
      new MetadataChange.Field("cpu", "usage_user"),
      new MetadataChange.Field("größe", "value"));

  private static byte[] encoded() {
    ByteBuffer block = MetadataFormat.encodeBlock(CHANGES);
    return Arrays.copyOfRange(block.array(), block.position(), block.limit());
  }

  private static List<MetadataChange> decoded(byte[] bytes) {
    var changes = new ArrayList<MetadataChange>();
    int count = MetadataFormat.decodeBlock(ByteBuffer.wrap(bytes), changes::add);
    assertThat(changes).hasSize(count);
    return changes;
  }

  @Test
  void readsAndWritesTheFirstVersion() throws IOException {
    byte[] golden;
    try (InputStream in = MetadataFormatTest.class.getResourceAsStream("/formats/" + GOLDEN)) {
      assertThat(in).isNotNull();
      golden = in.readAllBytes();
    }
    assertThat(decoded(golden)).isEqualTo(CHANGES);
    assertThat(encoded()).isEqualTo(golden);
  }

  @Test
  void everyCutAndEveryFlippedBitIsATypedError() {
    byte[] sound = encoded();
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> decoded(cut)).isInstanceOf(ChronicleException.class);
    }
    for (int bit = 0; bit < sound.length * 8; bit++) {
      byte[] flipped = sound.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> decoded(flipped)).isInstanceOf(ChronicleException.class);
    }
  }

  @Test
  void forgedBytesWithARightChecksumAreATypedErrorOrMetadata() {
    long seed = TestDatabase.seed();
    var random = new Random(seed);
    byte[] sound = encoded();
    for (int round = 0; round < 100_000; round++) {
      byte[] forged = sound.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        forged[BODY_OFFSET + random.nextInt(forged.length - BODY_OFFSET)] =
            (byte) random.nextInt(256);
      }
      int crc = Crc32c.of(forged, BODY_OFFSET, forged.length - BODY_OFFSET);
      ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN).putInt(CRC_OFFSET, crc);
      try {
        decoded(forged);
      } catch (ChronicleException e) {
        assertThat(e.getMessage()).as("-Dseed=%d", seed).isNotEmpty();
      }
    }
  }

  /** Writes the file of a new format version; never run again for a released one. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]).resolve(GOLDEN);
    Files.createDirectories(file.getParent());
    Files.write(file, encoded());
  }
}
