package io.chronicledb.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.storage.FaultyDisk.Fault;
import io.chronicledb.engine.storage.FaultyDisk.Keep;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FaultyDiskTest {

  private static final Path DIRECTORY = Path.of("/d");
  private static final Path FILE = DIRECTORY.resolve("f");

  private final FaultyDisk disk = new FaultyDisk(1);

  @Test
  void forgetsBytesAndNamesThatWereNotSynced() throws IOException {
    DiskFile file = disk.create(FILE);
    write(file, 0, 1, 2, 3);
    file.sync();
    disk.losePower();
    assertThat(disk.exists(FILE)).isFalse();

    file = disk.create(FILE);
    write(file, 0, 1, 2, 3);
    file.sync();
    disk.syncDirectory(DIRECTORY);
    write(file, 2, 9, 9);
    disk.rename(FILE, DIRECTORY.resolve("g"));
    disk.losePower();
    assertThat(disk.bytes(FILE)).containsExactly(1, 2, 3);
    assertThat(disk.exists(DIRECTORY.resolve("g"))).isFalse();
  }

  @Test
  void keepsWhatWasWrittenWhenOnlyTheProcessEnds() throws IOException {
    DiskFile file = disk.create(FILE);
    write(file, 0, 1, 2, 3);
    DiskLock lock = disk.tryLock(DIRECTORY.resolve("lock"));
    disk.kill();
    assertThat(disk.bytes(FILE)).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> write(file, 0, 4)).isInstanceOf(IOException.class);
    assertThat(disk.tryLock(DIRECTORY.resolve("lock"))).isNotNull();
    lock.close(); // The dead holder's.
    assertThat(disk.tryLock(DIRECTORY.resolve("lock"))).isNull();
    disk.losePower();
    assertThat(disk.exists(FILE)).isFalse();
  }

  @Test
  void keepsAnySectorsOfAnUnsyncedWrite() throws IOException {
    DiskFile file = disk.create(FILE);
    disk.syncDirectory(DIRECTORY);
    var bytes = new byte[512 * 64];
    Arrays.fill(bytes, (byte) 7);
    file.write(0, ByteBuffer.wrap(bytes));
    disk.losePower(Keep.SECTORS);
    int kept = 0;
    byte[] left = disk.bytes(FILE);
    for (int sector = 0; sector * 512 < left.length; sector++) {
      for (int i = 1; i < 512; i++) {
        assertThat(left[sector * 512 + i]).isEqualTo(left[sector * 512]);
      }
      kept += left[sector * 512] == 7 ? 1 : 0;
    }
    assertThat(kept).isBetween(10, 54);
  }

  @Test
  void failsTheCallItIsAskedToAndNoOther() throws IOException {
    DiskFile file = disk.create(FILE);
    disk.failCall(2, Fault.SHORT_WRITE);
    write(file, 0, 1, 1, 1, 1);
    assertThatThrownBy(() -> write(file, 0, 2, 2, 2, 2)).hasMessageContaining("Input/output");
    assertThat(disk.bytes(FILE)).containsExactly(2, 2, 1, 1);
    write(file, 0, 3, 3, 3, 3);
    disk.failCallsFrom(1, Fault.NO_SPACE);
    assertThatThrownBy(() -> write(file, 0, 4)).hasMessage("No space left on device");
    assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
    disk.heal();
    file.sync();
  }

  private static void write(DiskFile file, long position, int... bytes) throws IOException {
    var buffer = ByteBuffer.allocate(bytes.length);
    for (int value : bytes) {
      buffer.put((byte) value);
    }
    file.write(position, buffer.flip());
  }
}
