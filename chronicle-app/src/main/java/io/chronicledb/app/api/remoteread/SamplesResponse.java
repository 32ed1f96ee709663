package io.chronicledb.app.api.remoteread;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.query.SeriesSamples;

/** The answer that has all samples in one message. It lies in memory as a whole, and counts as memory of the query that is being answered. */
final class SamplesResponse {

  /** A larger one is better read as a stream, which every Prometheus of the last years asks for. */
  static final int BYTES_MAX = 64 << 20;

  private static final int HELD_STEP = 64 << 10;

  private final ByteWriter message = new ByteWriter(4096);
  private final ByteWriter result = new ByteWriter(4096);
  private final ByteWriter series = new ByteWriter(1024);
  private final ByteWriter sample = new ByteWriter(32);
  private final HistogramMessage histograms = new HistogramMessage();

  /** Adds what one query finds. */
  void add(SeriesSamples samples) {
    result.clear();
    var millis = new MillisSamples(samples);
    while (samples.nextSeries()) {
      series.clear();
      Protobuf.labels(series, samples.labels());
      int labels = series.size();
      int held = 0;
      while (millis.next()) {
        sample.clear();
        NativeHistogram histogram = millis.histogram();
        if (histogram == null) {
          Protobuf.fixed64(sample, 1, millis.value());
          Protobuf.varint(sample, 2, millis.millis());
          Protobuf.message(series, 2, sample);
        } else {
          histograms.write(millis.millis(), histogram, sample);
          Protobuf.message(series, 4, sample);
        }
        if (series.size() - held >= HELD_STEP) {
          samples.hold(series.size() - held);
          held = series.size();
          checkSize();
        }
      }
      if (series.size() > labels) {
        samples.hold(series.size() - held);
        Protobuf.message(result, 1, series);
      }
    }
    Protobuf.message(message, 1, result);
    checkSize();
  }

  private void checkSize() {
    if ((long) message.size() + result.size() + series.size() > BYTES_MAX) {
      throw new ChronicleException(
          ErrorCode.QUERY_MEMORY_EXCEEDED,
          "the answer takes more than " + BYTES_MAX
              + " bytes; read less at a time, or accept STREAMED_XOR_CHUNKS");
    }
  }

  /** The message, compressed. */
  byte[] encode() {
    return Snappy.compress(message.array(), 0, message.size());
  }
}
