package io.chronicledb.engine.exemplar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.Exemplar;
import io.chronicledb.engine.model.Tags;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExemplarBlockTest {

  private static final String GOLDEN = "exemplars-v1/block.bin";
  private static final int CRC_OFFSET = 6;
  private static final int BODY_OFFSET = 10;

  /** An exemplar and its series. */
  private record Row(int series, Exemplar exemplar) {}

  private static final List<Row> ROWS = List.of(
      new Row(0, new Exemplar(Tags.of("trace_id", "4bf92f3577b34da6"), -5, 0.25)),
      new Row(
          0,
          new Exemplar(Tags.of("trace_id", "4bf92f3577b34da7"), 1_700_000_000_000_000_000L, -0.0)),
      new Row(7, new Exemplar(Tags.empty(), Long.MIN_VALUE, Double.NaN)),
      new Row(7, new Exemplar(Tags.of("größe", "x", "user", "ü🙂"), 0, StaleMarker.value())),
      new Row(70_000, new Exemplar(Tags.of("a", "b".repeat(127)), Long.MAX_VALUE - 1, 1e300)));

  private static ExemplarRows rows(List<Row> from) {
    var rows = new ExemplarRows(1);
    from.forEach(row -> rows.add(row.series, row.exemplar));
    return rows;
  }

  private static List<Row> list(ExemplarRows rows) {
    var list = new ArrayList<Row>();
    for (int row = 0; row < rows.size(); row++) {
      list.add(new Row(rows.series(row), rows.exemplar(row)));
    }
    return list;
  }

  private static byte[] encoded() {
    ByteBuffer block = ExemplarBlock.encode(rows(ROWS));
    return Arrays.copyOfRange(block.array(), block.position(), block.limit());
  }

  private static List<Row> decoded(byte[] bytes) {
    return list(ExemplarBlock.rows(ByteBuffer.wrap(bytes)));
  }

  @Test
  void readsAndWritesTheFirstVersion() throws IOException {
    byte[] golden;
    try (InputStream in = ExemplarBlockTest.class.getResourceAsStream("/formats/" + GOLDEN)) {
      assertThat(in).isNotNull();
      golden = in.readAllBytes();
    }
    assertThat(decoded(golden)).isEqualTo(ROWS);
    assertThat(encoded()).isEqualTo(golden);
  }

  @Test
  void unitesInOrderAndEachOnce() {
    var random = new Random(TestDatabase.seed());
    var union = new ExemplarUnion();
    for (int part = 0; part < 5; part++) {
      var shuffled = new ArrayList<>(ROWS);
      Collections.shuffle(shuffled, random);
      union.add(rows(shuffled.subList(part == 0 ? 0 : random.nextInt(ROWS.size()), ROWS.size())));
    }
    ExemplarRows united = union.finish();
    assertThat(list(united)).containsExactlyElementsOf(ROWS);
  }

  @Test
  void everyCutAndEveryFlippedBitIsATypedError() {
    byte[] sound = encoded();
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> decoded(cut)).isInstanceOf(ChronicleException.class);
    }
    byte[] longer = Arrays.copyOf(sound, sound.length + 1);
    assertThatThrownBy(() -> decoded(longer)).isInstanceOf(ChronicleException.class);
    for (int bit = 0; bit < sound.length * 8; bit++) {
      byte[] flipped = sound.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> decoded(flipped)).isInstanceOf(ChronicleException.class);
    }
  }

  @Test
  void forgedBytesWithARightChecksumAreATypedErrorOrExemplars() {
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
