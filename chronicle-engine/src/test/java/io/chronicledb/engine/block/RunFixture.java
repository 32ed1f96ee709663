package io.chronicledb.engine.block;

import io.chronicledb.engine.codec.ChunkEncoder;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.error.CorruptionException;
import io.chronicledb.engine.model.SeriesOrder;
import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Runs from and to the naive model: series order to timestamp to value bits. */
final class RunFixture {

  static final TimeRange WINDOW = new TimeRange(-1_000_000, 1_000_000);

  private RunFixture() {}

  static TreeMap<Long, TreeMap<Long, Long>> random(Random random, int seriesMax, int samplesMax) {
    var model = new TreeMap<Long, TreeMap<Long, Long>>();
    int series = 1 + random.nextInt(seriesMax);
    for (int i = 0; i < series; i++) {
      var samples = new TreeMap<Long, Long>();
      int count = 1 + random.nextInt(samplesMax);
      long time = random.nextInt(2000) - 1000;
      for (int j = 0; j < count; j++) {
        samples.put(time, random.nextLong());
        time += 1 + random.nextInt(5);
      }
      int id = random.nextInt(20);
      model.put(SeriesOrder.of(id % 3, id), samples);
    }
    return model;
  }

  static ByteBuffer encode(Map<Long, TreeMap<Long, Long>> model) {
    var writer = new BlockWriter(WINDOW, 3, 9, new ChunkEncoder(Effort.FRESH));
    model.forEach((order, samples) -> {
      writer.series(order);
      writer.samples(
          samples.keySet().stream().mapToLong(Long::longValue).toArray(),
          samples.values().stream().mapToDouble(Double::longBitsToDouble).toArray(),
          null,
          0,
          samples.size());
    });
    return writer.finish();
  }

  static Block open(byte[] bytes) {
    return Block.open(
        (offset, length) -> {
          if (offset < 0 || length < 0 || offset > bytes.length - (long) length) {
            throw new CorruptionException("the block ends before " + offset + "+" + length);
          }
          return ByteBuffer.wrap(Arrays.copyOfRange(bytes, (int) offset, (int) offset + length));
        },
        "test");
  }

  static Block block(Map<Long, TreeMap<Long, Long>> model) {
    ByteBuffer buffer = encode(model);
    return open(Arrays.copyOfRange(buffer.array(), buffer.position(), buffer.limit()));
  }

  static TreeMap<Long, TreeMap<Long, Long>> read(SortedRun run, TimeRange range) {
    return read(run.cursor(), range);
  }

  static TreeMap<Long, TreeMap<Long, Long>> read(RunCursor run, TimeRange range) {
    var model = new TreeMap<Long, TreeMap<Long, Long>>();
    while (run.next()) {
      var samples = new TreeMap<Long, Long>();
      SampleCursor cursor = run.samples(range);
      long bound = cursor.nextTime();
      while (cursor.next()) {
        if (cursor.start() >= cursor.end() || cursor.timestamps()[cursor.start()] < bound) {
          throw new AssertionError("a slice is empty or starts before its bound");
        }
        for (int row = cursor.start(); row < cursor.end(); row++) {
          samples.put(
              cursor.timestamps()[row], Double.doubleToRawLongBits(cursor.values()[row]));
        }
        bound = cursor.nextTime();
      }
      if (cursor.nextTime() != Long.MAX_VALUE) {
        throw new AssertionError("an ended cursor promises a sample at " + cursor.nextTime());
      }
      if (!samples.isEmpty()) {
        model.put(run.order(), samples);
      }
    }
    return model;
  }
}
