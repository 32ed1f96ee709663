package io.chronicledb.engine.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.block.Tombstone;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.TimeRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class TombstoneListTest {

  private static final String GOLDEN = "tombstones-v1/list.bin";

  private static final List<Tombstone> TOMBSTONES = List.of(
      new Tombstone(7, RoaringBitmap.bitmapOf(0, 3, 70_000), new TimeRange(-5, 1_000_000_000)),
      new Tombstone(9, null, new TimeRange(Long.MIN_VALUE, 0)),
      new Tombstone(300, RoaringBitmap.bitmapOf(), TimeRange.ALL));

  private static byte[] bytes(ByteBuffer buffer) {
    return Arrays.copyOfRange(
        buffer.array(),
        buffer.arrayOffset() + buffer.position(),
        buffer.arrayOffset() + buffer.limit());
  }

  @Test
  void readsAndWritesTheFirstVersion() throws IOException {
    byte[] golden;
    try (InputStream in = TombstoneListTest.class.getResourceAsStream("/formats/" + GOLDEN)) {
      assertThat(in).isNotNull();
      golden = in.readAllBytes();
    }
    assertThat(TombstoneList.decode(ByteBuffer.wrap(golden))).isEqualTo(TOMBSTONES);
    assertThat(bytes(TombstoneList.encode(TOMBSTONES))).isEqualTo(golden);
  }

  @Test
  void everyCutAndEveryForeignByteIsATypedError() {
    byte[] sound = bytes(TombstoneList.encode(TOMBSTONES));
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> TombstoneList.decode(ByteBuffer.wrap(cut)))
          .isInstanceOf(ChronicleException.class);
    }
    byte[] longer = Arrays.copyOf(sound, sound.length + 1);
    assertThatThrownBy(() -> TombstoneList.decode(ByteBuffer.wrap(longer)))
        .isInstanceOf(ChronicleException.class);
  }

  /** Writes the file of a new format version; never run again for a released one. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]).resolve(GOLDEN);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes(TombstoneList.encode(TOMBSTONES)));
  }
}
