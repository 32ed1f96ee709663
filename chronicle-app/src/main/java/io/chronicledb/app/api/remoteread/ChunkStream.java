package io.chronicledb.app.api.remoteread;

import io.chronicledb.engine.bytes.ByteWriter;
import io.chronicledb.engine.bytes.Crc32c;
import io.chronicledb.engine.histogram.NativeHistogram;
import io.chronicledb.engine.query.SeriesSamples;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * The answer that is sent series after series, in frames that each hold chunks of one series:
 *
 * <pre>│ length uvarint │ crc32c u32 big-endian │ ChunkedReadResponse[length] │</pre>
 */
final class ChunkStream {

  /** What Prometheus sends by default; it takes up to 50 times as much. */
  static final int FRAME_BYTES_MAX = 1 << 20;

  private static final int XOR = 1;

  private final OutputStream out;
  private final ByteWriter chunk = new ByteWriter(1024);
  private final ByteWriter series = new ByteWriter(FRAME_BYTES_MAX / 4);
  private final ByteWriter frame = new ByteWriter(FRAME_BYTES_MAX / 4);
  private final XorChunk samples = new XorChunk();
  private final HistogramChunk histograms = new HistogramChunk();

  ChunkStream(OutputStream out) {
    this.out = out;
  }

  /**
   * Sends the chunks of the series that the reader is at.
   *
   * @param query which query of the request it answers, from 0
   */
  void series(SeriesSamples reader, MillisSamples millis, int query) throws IOException {
    series.clear();
    Protobuf.labels(series, reader.labels());
    int labels = series.size();
    boolean more = millis.next();
    while (more) {
      NativeHistogram histogram = millis.histogram();
      if (histogram != null) {
        long time = millis.millis();
        encodeChunk(time, time, HistogramChunk.ENCODING, histograms.encode(time, histogram));
        more = millis.next();
      } else {
        samples.clear();
        while (more && !samples.isFull() && millis.histogram() == null) {
          samples.add(millis.millis(), millis.value());
          more = millis.next();
        }
        encodeChunk(samples.firstMillis(), samples.lastMillis(), XOR, samples.encode());
      }
      // A frame is ended before the chunk that would not fit it; one chunk takes two kilobytes at
      // most, and one histogram with all the buckets that there may be 240.
      if (series.size() > labels && series.size() + chunk.size() > FRAME_BYTES_MAX) {
        send(query);
        series.truncate(labels);
      }
      Protobuf.message(series, 2, chunk);
    }
    if (series.size() > labels) {
      send(query);
    }
  }

  private void encodeChunk(long first, long last, int encoding, byte[] encoded) {
    chunk.clear();
    Protobuf.varint(chunk, 1, first);
    Protobuf.varint(chunk, 2, last);
    Protobuf.varint(chunk, 3, encoding);
    Protobuf.bytes(chunk, 4, encoded, encoded.length);
  }

  private void send(int query) throws IOException {
    frame.clear();
    Protobuf.message(frame, 1, series);
    Protobuf.varint(frame, 2, query);
    var head = new ByteWriter(16);
    head.writeUnsignedVarint(frame.size());
    int crc = Crc32c.of(frame.array(), 0, frame.size());
    head.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(crc).array());
    out.write(head.array(), 0, head.size());
    out.write(frame.array(), 0, frame.size());
  }
}
