package io.chronicledb.app.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Counts what requests brought and was not stored, though the request succeeded: {@code chronicle.ingest.dropped}, by {@code what}. */
@Component
public final class IngestMeters {

  private final Map<PointSink.Dropped, Counter> dropped = new EnumMap<>(PointSink.Dropped.class);

  IngestMeters(ObjectProvider<MeterRegistry> registry) {
    registry.ifAvailable(meters -> {
      for (PointSink.Dropped what : PointSink.Dropped.values()) {
        dropped.put(
            what,
            Counter.builder("chronicle.ingest.dropped")
                .description("What requests brought and was not stored")
                .tag("what", what.wireName())
                .register(meters));
      }
    });
  }

  /** Adds what a request had. */
  public void count(PointSink.Dropped what, long count) {
    Counter counter = dropped.get(what);
    if (counter != null && count > 0) {
      counter.increment(count);
    }
  }
}
