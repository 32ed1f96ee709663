package io.chronicledb.engine.backend.datafile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FreeSpaceTest {

  private static final int PAGE = Layout.PAGE;

  @Test
  void takesTheFirstExtentThatIsLongEnough() {
    var space = new FreeSpace(20 * PAGE);
    space.release(Extent.of(2 * PAGE, PAGE));
    space.release(Extent.of(5 * PAGE, 3 * PAGE));
    space.release(Extent.of(10 * PAGE, 6 * PAGE));

    assertThat(space.allocate(2 * PAGE - 1).offset()).isEqualTo(5 * PAGE);
    assertThat(space.allocate(1).offset()).isEqualTo(2 * PAGE);
    assertThat(space.allocate(1).offset()).isEqualTo(7 * PAGE);
    assertThat(space.allocate(6 * PAGE).offset()).isEqualTo(10 * PAGE);
    assertThat(space.allocate(1).offset()).isEqualTo(20 * PAGE);
    assertThat(space.end()).isEqualTo(21 * PAGE);
    assertThat(space.freeBytes()).isZero();
  }

  @Test
  void joinsNeighbours() {
    var space = new FreeSpace(20 * PAGE);
    space.release(Extent.of(5 * PAGE, PAGE));
    space.release(Extent.of(7 * PAGE, PAGE));
    space.release(Extent.of(6 * PAGE, 1));
    assertThat(space.allocate(3 * PAGE).offset()).isEqualTo(5 * PAGE);
  }

  @Test
  void neverGivesAPageToTwo() {
    long seed = Long.getLong("seed", System.nanoTime());
    var random = new Random(seed);
    var space = new FreeSpace(0);
    var used = new BitSet();
    var extents = new ArrayList<int[]>();
    for (int step = 0; step < 20_000; step++) {
      if (extents.isEmpty() || random.nextInt(100) < 52) {
        int pages = random.nextInt(1, 9);
        int first =
            (int) (space.allocate((long) pages * PAGE - random.nextInt(PAGE)).offset() / PAGE);
        assertThat(used.get(first, first + pages).isEmpty())
            .as("seed %s, step %s: pages %s to %s", seed, step, first, first + pages - 1)
            .isTrue();
        used.set(first, first + pages);
        extents.add(new int[] {first, pages});
      } else {
        int[] extent = extents.remove(random.nextInt(extents.size()));
        used.clear(extent[0], extent[0] + extent[1]);
        space.release(new Extent((long) extent[0] * PAGE, (long) extent[1] * PAGE));
      }
      assertThat(space.freeBytes() + (long) used.cardinality() * PAGE)
          .as("seed %s, step %s: every page is free or used", seed, step)
          .isEqualTo(space.end());
    }
  }

  @Test
  void growsTheFileFromItsFreeTailAndCutsItOff() {
    var space = new FreeSpace(10 * PAGE);
    space.release(Extent.of(8 * PAGE, 2 * PAGE));
    assertThat(space.tailBytes()).isEqualTo(2 * PAGE);
    assertThat(space.allocate(3 * PAGE)).isEqualTo(new Extent(8 * PAGE, 3 * PAGE));
    assertThat(space.end()).isEqualTo(11 * PAGE);
    assertThat(space.freeBytes()).isZero();
    space.release(Extent.of(8 * PAGE, 3 * PAGE));
    space.release(Extent.of(2 * PAGE, PAGE));
    assertThat(space.cutTail()).isEqualTo(8 * PAGE);
    assertThat(space.tailBytes()).isZero();
    assertThat(space.freeBytes()).isEqualTo(PAGE);
    assertThat(space.allocateWithin(2 * PAGE)).isNull();
    assertThat(space.allocateWithin(PAGE)).isEqualTo(new Extent(2 * PAGE, PAGE));
  }
}
