package io.chronicledb.engine;

import io.chronicledb.engine.integrity.IntegrityReport;
import java.util.ArrayList;
import java.util.Arrays;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** Assertions on all points of a database, as a reader gets them. */
public final class DatabaseAssert extends AbstractAssert<DatabaseAssert, ChronicleDatabase> {

  private DatabaseAssert(ChronicleDatabase actual) {
    super(actual, DatabaseAssert.class);
  }

  public static DatabaseAssert assertThat(ChronicleDatabase database) {
    return new DatabaseAssert(database);
  }

  public static DatabaseAssert assertThat(TestDatabase database) {
    return new DatabaseAssert(database.engine());
  }

  /** Every invariant of what is stored holds, and opening lost nothing that was durable. */
  public DatabaseAssert isSound() {
    IntegrityReport report = actual.verify();
    Assertions.assertThat(report.damages()).isEmpty();
    Assertions.assertThat(actual.recovery().lost()).isEmpty();
    Assertions.assertThat(actual.recovery().unattributedPoints()).isZero();
    return this;
  }

  /** Exactly these points, no more. */
  public DatabaseAssert hasExactly(Points expected) {
    Points found = Points.of(actual);
    Assertions.assertThat(found.bySeries()).isEqualTo(expected.bySeries());
    return this;
  }

  public DatabaseAssert hasNoPoints() {
    return hasExactly(new Points());
  }

  public SeriesAssert series(String text) {
    return new SeriesAssert(SeriesData.series(text).name());
  }

  /** Assertions on one series. */
  public final class SeriesAssert {

    private final String name;

    private SeriesAssert(String name) {
      this.name = name;
    }

    /** All its values in the order of time, bit by bit. */
    public DatabaseAssert hasValues(double... expected) {
      var values = new ArrayList<Double>();
      for (long bits : Points.of(actual).samples(name).values()) {
        values.add(Double.longBitsToDouble(bits));
      }
      Assertions.assertThat(values)
          .as(name)
          .containsExactlyElementsOf(Arrays.stream(expected).boxed().toList());
      return DatabaseAssert.this;
    }

    public DatabaseAssert hasTimestamps(long... expected) {
      long[] times = Points.of(actual).samples(name).keySet().stream()
          .mapToLong(Long::longValue)
          .toArray();
      Assertions.assertThat(times).as(name).isEqualTo(expected);
      return DatabaseAssert.this;
    }

    public DatabaseAssert hasCount(int expected) {
      Assertions.assertThat(Points.of(actual).samples(name)).as(name).hasSize(expected);
      return DatabaseAssert.this;
    }
  }
}
