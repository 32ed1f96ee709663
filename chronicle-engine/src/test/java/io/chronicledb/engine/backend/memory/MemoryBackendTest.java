package io.chronicledb.engine.backend.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.backend.BlockKind;
import io.chronicledb.engine.backend.NewBlock;
import io.chronicledb.engine.backend.Root;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBackendTest {

  private final StorageBackend backend = new MemoryBackend();

  private StoredBlock put(int length) {
    return backend.put(new NewBlock(
        BlockKind.DATA,
        1,
        1,
        new TimeRange(0, 10),
        0,
        9,
        0,
        0,
        1,
        List.of(),
        ByteBuffer.allocate(length)));
  }

  private void commit(StoredBlock... blocks) {
    Root root = backend.root();
    backend.commit(root, new Root(root.generation() + 1, 0, List.of(blocks)));
  }

  @Test
  void givesUpWhatNeitherTheRootNorTheOneBeforeNames() {
    StoredBlock first = put(1000);
    commit(first);
    StoredBlock second = put(10);
    commit(second);
    backend.check(first);
    commit(second);
    assertThatThrownBy(() -> backend.check(first)).isInstanceOf(ChronicleException.class);
    assertThat(backend.storageBytes()).isEqualTo(10);
    assertThat(backend.liveBytes()).isEqualTo(10);
  }

  @Test
  void aPinKeepsBlocksUntilItIsClosed() {
    StoredBlock first = put(1000);
    commit(first);
    StoredBlock second = put(10);
    commit(second);
    StorageBackend.Pin pin = backend.pin();
    for (int i = 0; i < 5; i++) {
      commit();
    }
    backend.check(first);
    backend.check(second);
    pin.close();
    commit();
    assertThat(backend.storageBytes()).isZero();
  }
}
