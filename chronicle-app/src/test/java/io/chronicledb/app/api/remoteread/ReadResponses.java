package io.chronicledb.app.api.remoteread;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.chronicledb.engine.bytes.Snappy;
import io.chronicledb.engine.column.StaleMarker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads both answers of remote read with Google's decoder, so that our encoder is not its own judge. */
public final class ReadResponses {

  private ReadResponses() {}

  /** For each query its series, written out. */
  public static List<List<String>> samples(byte[] body) throws IOException {
    byte[] message = Snappy.uncompress(body, 0, body.length, 64 << 20);
    var results = new ArrayList<List<String>>();
    each(message, (field, result) -> {
      var all = new ArrayList<String>();
      each(result.readByteArray(), (ignored, series) -> {
        var text = new StringBuilder();
        each(series.readByteArray(), (part, in) -> {
          if (part == 1) {
            label(in.readByteArray(), text);
          } else if (part == 4) {
            text.append(HistogramReader.ofMessage(in.readByteArray())).append(' ');
          } else {
            var sample = new Object() {
              double value;
              long millis;
            };
            each(in.readByteArray(), (number, value) -> {
              if (number == 1) {
                sample.value = value.readDouble();
              } else {
                sample.millis = value.readInt64();
              }
            });
            sample(text, sample.millis, sample.value);
          }
        });
        all.add(text.toString().strip());
      });
      results.add(all);
    });
    return results;
  }

  /** Like {@link #samples}, from the frames of a stream; a series that goes on in the next frame is one. */
  public static List<List<String>> chunks(byte[] body) throws IOException {
    var results = new ArrayList<List<String>>();
    var last = new Object() {
      String labels = "";
    };
    for (byte[] frame : frames(body)) {
      var read = new Object() {
        String labels = "";
        String samples = "";
        int query;
      };
      each(frame, (field, in) -> {
        if (field == 2) {
          read.query = (int) in.readInt64();
          return;
        }
        var labels = new StringBuilder();
        var samples = new StringBuilder();
        each(in.readByteArray(), (part, series) -> {
          if (part == 1) {
            label(series.readByteArray(), labels);
          } else {
            chunk(series.readByteArray(), samples);
          }
        });
        read.labels = labels.toString();
        read.samples = samples.toString();
      });
      while (results.size() <= read.query) {
        results.add(new ArrayList<>());
        last.labels = "";
      }
      List<String> all = results.get(read.query);
      if (read.labels.equals(last.labels)) {
        all.set(all.size() - 1, all.get(all.size() - 1) + " " + read.samples.strip());
      } else {
        all.add((read.labels + read.samples).strip());
      }
      last.labels = read.labels;
    }
    return results;
  }

  static List<byte[]> frames(byte[] stream) throws IOException {
    var frames = new ArrayList<byte[]>();
    var in = CodedInputStream.newInstance(stream);
    while (!in.isAtEnd()) {
      int length = in.readRawVarint32();
      int crc = ByteBuffer.wrap(in.readRawBytes(4)).getInt();
      byte[] frame = in.readRawBytes(length);
      var expected = new CRC32C();
      expected.update(frame);
      assertThat(crc).isEqualTo((int) expected.getValue());
      frames.add(frame);
    }
    return frames;
  }

  private static void chunk(byte[] message, StringBuilder into) throws IOException {
    var chunk = new Object() {
      long min;
      long max;
      int encoding;
      byte[] data = {};
    };
    each(message, (field, in) -> {
      switch (field) {
        case 1 -> chunk.min = in.readInt64();
        case 2 -> chunk.max = in.readInt64();
        case 3 -> chunk.encoding = in.readEnum();
        default -> chunk.data = in.readByteArray();
      }
    });
    if (chunk.encoding == 3) {
      String histogram = HistogramReader.ofChunk(chunk.data);
      assertThat(histogram).startsWith(chunk.min + "=");
      assertThat(chunk.max).isEqualTo(chunk.min);
      into.append(histogram).append(' ');
      return;
    }
    assertThat(chunk.encoding).isEqualTo(1);
    var reader = new XorChunkReader(chunk.data);
    assertThat(reader.count()).isPositive();
    for (int i = 0; i < reader.count(); i++) {
      reader.next();
      if (i == 0) {
        assertThat(reader.millis()).isEqualTo(chunk.min);
      }
      sample(into, reader.millis(), reader.value());
    }
    assertThat(reader.millis()).isEqualTo(chunk.max);
  }

  private static void sample(StringBuilder into, long millis, double value) {
    into.append(millis)
        .append('=')
        .append(StaleMarker.is(value) ? "stale" : value)
        .append(' ');
  }

  private static void label(byte[] message, StringBuilder into) throws IOException {
    each(message, (field, in) -> into.append(in.readString()).append(field == 1 ? '=' : ' '));
  }

  private interface Field {
    void read(int number, CodedInputStream in) throws IOException;
  }

  private static void each(byte[] message, Field field) throws IOException {
    var in = CodedInputStream.newInstance(message);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      field.read(WireFormat.getTagFieldNumber(tag), in);
    }
  }
}
