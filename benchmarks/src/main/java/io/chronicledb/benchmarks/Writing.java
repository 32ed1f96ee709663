package io.chronicledb.benchmarks;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.write.PointBatch;

/** Writes batches as a well-behaved client does: what is refused for want of room is tried again. */
final class Writing {

  private final ChronicleDatabase database;
  private final int batchPoints;
  private final PointBatch batch;
  private long points;
  private long refusals;

  Writing(ChronicleDatabase database, int batchPoints) {
    this.database = database;
    this.batchPoints = batchPoints;
    this.batch = new PointBatch(batchPoints);
  }

  /** The batch to add to; {@link #writeIfFull()} afterwards. */
  PointBatch batch() {
    return batch;
  }

  void writeIfFull() {
    if (batch.size() >= batchPoints) {
      write();
    }
  }

  void write() {
    while (true) {
      try {
        database.write(batch);
        break;
      } catch (ChronicleException e) {
        if (e.code() != ErrorCode.OVERLOADED) {
          throw e;
        }
        refusals++;
      }
    }
    points += batch.size();
    batch.clear();
  }

  long points() {
    return points;
  }

  /** How many times a batch was refused and tried again. */
  long refusals() {
    return refusals;
  }
}
