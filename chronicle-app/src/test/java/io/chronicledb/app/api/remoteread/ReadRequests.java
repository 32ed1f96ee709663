package io.chronicledb.app.api.remoteread;

import static io.chronicledb.app.ingest.remotewrite.WriteRequests.message;

import io.chronicledb.app.ingest.remotewrite.WriteRequests.Fields;

/** Builds {@code prometheus.ReadRequest} messages with Google's encoder. */
public final class ReadRequests {

  /** Accepts a stream of chunks. */
  public static final Fields CHUNKS = out -> out.writeEnum(2, 1);

  private ReadRequests() {}

  public static Fields query(long start, long end, Fields... parts) {
    return out -> out.writeByteArray(1, message(query -> {
      query.writeInt64(1, start);
      query.writeInt64(2, end);
      for (Fields part : parts) {
        part.write(query);
      }
    }));
  }

  public static Fields matcher(int type, String name, String value) {
    return out -> out.writeByteArray(3, message(matcher -> {
      matcher.writeEnum(1, type);
      matcher.writeString(2, name);
      matcher.writeString(3, value);
    }));
  }

  static Fields hints() {
    return out -> out.writeByteArray(4, message(hints -> {
      hints.writeInt64(1, 15_000);
      hints.writeString(2, "rate");
      hints.writeString(5, "job");
      hints.writeBool(6, true);
    }));
  }
}
