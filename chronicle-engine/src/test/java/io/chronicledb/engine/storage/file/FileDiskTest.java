package io.chronicledb.engine.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.storage.DiskFile;
import io.chronicledb.engine.storage.DiskLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {

  @TempDir
  Path directory;

  private final FileDisk disk = new FileDisk();

  @Test
  void readsAndWritesAtAnyPosition() throws IOException {
    try (DiskFile file = disk.create(directory.resolve("f"))) {
      file.write(10, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      file.write(1, ByteBuffer.wrap(new byte[] {9}));
      file.sync();
      assertThat(file.size()).isEqualTo(13);
      var buffer = ByteBuffer.allocate(20);
      assertThat(file.read(9, buffer)).isEqualTo(4);
      assertThat(buffer.array()).startsWith(0, 1, 2, 3, 0);
      assertThat(file.read(13, ByteBuffer.allocate(1))).isZero();
      file.truncate(11);
      assertThat(file.size()).isEqualTo(11);
    }
    assertThatThrownBy(() -> disk.create(directory.resolve("f"))).isInstanceOf(IOException.class);
    disk.rename(directory.resolve("f"), directory.resolve("g"));
    disk.syncDirectory(directory);
    assertThat(disk.list(directory)).containsExactly("g");
    assertThat(disk.exists(directory.resolve("f"))).isFalse();
    disk.delete(directory.resolve("g"));
    assertThat(disk.list(directory)).isEmpty();
    assertThat(disk.list(directory.resolve("nowhere"))).isEmpty();
  }

  @Test
  void createsEveryMissingDirectory() throws IOException {
    Path deep = directory.resolve("a/b/c");
    disk.createDirectories(deep);
    disk.createDirectories(deep);
    assertThat(deep).isDirectory();
  }

  @Test
  void anInterruptedCallerDoesItsWorkAndDisturbsNobody() throws Exception {
    try (DiskFile file = disk.create(directory.resolve("f"))) {
      file.write(0, ByteBuffer.allocate(1 << 16));
      var failure = new AtomicReference<Throwable>();
      var rounds = 200;
      var done = new CountDownLatch(2);
      var interrupted = new Thread(() -> {
        try {
          for (int i = 0; i < rounds; i++) {
            Thread.currentThread().interrupt();
            file.read(0, ByteBuffer.allocate(1 << 16));
            file.write(0, ByteBuffer.allocate(1 << 12));
            file.size();
            file.sync();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
          }
        } catch (Throwable e) {
          failure.set(e);
        } finally {
          done.countDown();
        }
      });
      var innocent = new Thread(() -> {
        try {
          for (int i = 0; i < rounds; i++) {
            assertThat(file.read(0, ByteBuffer.allocate(1 << 16))).isEqualTo(1 << 16);
            file.sync();
            assertThat(Thread.interrupted()).isFalse();
          }
        } catch (Throwable e) {
          failure.set(e);
        } finally {
          done.countDown();
        }
      });
      interrupted.start();
      innocent.start();
      while (done.getCount() > 1 && interrupted.isAlive()) {
        interrupted.interrupt(); // Also in the middle of a call.
        Thread.onSpinWait();
      }
      done.await();
      assertThat(failure.get()).isNull();
    }
  }

  @Test
  void aClosedFileStaysClosed() throws IOException {
    DiskFile file = disk.create(directory.resolve("f"));
    file.close();
    assertThatThrownBy(() -> file.read(0, ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
  }

  @Test
  void aLockHasOneHolderInThisProcess() throws IOException {
    Path path = directory.resolve("lock");
    DiskLock lock = disk.tryLock(path);
    assertThat(lock).isNotNull();
    assertThat(disk.tryLock(path)).isNull();
    assertThat(new FileDisk().tryLock(directory.resolve("./lock"))).isNull();
    lock.close();
    DiskLock again = disk.tryLock(path);
    assertThat(again).isNotNull();
    lock.close(); // Once more; the lock is somebody else's now.
    assertThat(disk.tryLock(path)).isNull();
    again.close();
  }

  @Test
  void aSyncFailsForItsCallerHoweverOftenHeIsInterrupted() throws IOException {
    DiskFile file = disk.create(directory.resolve("f"));
    file.close();
    Thread.currentThread().interrupt();
    assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(() -> disk.syncDirectory(directory.resolve("nowhere")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aSharedLockKeepsOwnersOutInThisProcessAndInOthers() throws Exception {
    Path path = directory.resolve("lock");
    assertThatThrownBy(() -> disk.tryLockShared(path)).isInstanceOf(NoSuchFileException.class);
    disk.tryLock(path).close();
    DiskLock first = disk.tryLockShared(path);
    DiskLock second = new FileDisk().tryLockShared(path);
    assertThat(first).isNotNull();
    assertThat(second).isNotNull();
    assertThat(disk.tryLock(path)).isNull();
    first.close();
    first.close();
    assertThat(disk.tryLock(path)).isNull();
    assertThat(otherProcess(path)).isEqualTo("refused");
    second.close();
    try (DiskLock owner = disk.tryLock(path)) {
      assertThat(owner).isNotNull();
      assertThat(disk.tryLockShared(path)).isNull();
    }
  }

  @Test
  void aRefusedAttemptInThisProcessDoesNotLetAnotherProcessIn() throws Exception {
    Path path = directory.resolve("lock");
    try (DiskLock lock = disk.tryLock(path)) {
      assertThat(lock).isNotNull();
      assertThat(disk.tryLock(path)).isNull();
      assertThat(otherProcess(path)).isEqualTo("refused");
    }
    assertThat(otherProcess(path)).isEqualTo("locked");
    assertThat(Files.exists(path)).isTrue();
  }

  private static String otherProcess(Path path) throws IOException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            OtherProcess.class.getName(),
            path.toString())
        .redirectErrorStream(true)
        .start();
    return new String(process.getInputStream().readAllBytes()).trim();
  }

  /** The main class of a second process. */
  static final class OtherProcess {

    private OtherProcess() {}

    public static void main(String[] arguments) throws IOException {
      System.out.println(
          new FileDisk().tryLock(Path.of(arguments[0])) == null ? "refused" : "locked");
    }
  }
}
