package io.chronicledb.boot.health;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.DatabaseStatistics;
import io.chronicledb.engine.recovery.RecoveryReport;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of a database: up while it answers and takes writes, down once it is closed or a failed fsync has stopped its log.
 *
 * <p>Points that opening found lost are told by the detail {@code degraded}, and leave the status as it is: the database serves everything
 * else, and taking it out of service would bring nothing back.
 */
public final class ChronicleHealthIndicator extends AbstractHealthIndicator {

  private final ChronicleDatabase database;

  public ChronicleHealthIndicator(ChronicleDatabase database) {
    super("Chronicle health check failed");
    this.database = database;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    DatabaseStatistics figures = database.statistics();
    RecoveryReport recovery = figures.recovery();
    builder
        .up()
        .withDetail("series", figures.series())
        .withDetail("points", figures.headSamples() + figures.storedSamples())
        // As of opening.
        .withDetail("generation", recovery.generation());
    if (!recovery.isComplete()) {
      builder.withDetail("degraded", degraded(recovery));
    }
    if (!figures.writable()) {
      builder
          .down()
          .withDetail(
              "error",
              "an fsync of the write-ahead log failed; writes are refused until the database is reopened");
    }
  }

  private static String degraded(RecoveryReport recovery) {
    var text = new StringBuilder("opening found damage in the write-ahead log");
    recovery
        .lost()
        .forEach(range -> text.append("; batches ")
            .append(range.first())
            .append(" to ")
            .append(range.last())
            .append(" are lost"));
    if (recovery.unattributedPoints() > 0) {
      text.append("; ")
          .append(recovery.unattributedPoints())
          .append(" points were dropped with the names of their series");
    }
    return text.toString();
  }
}
