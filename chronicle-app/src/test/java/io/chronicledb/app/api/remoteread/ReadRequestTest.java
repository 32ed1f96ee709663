package io.chronicledb.app.api.remoteread;

import static io.chronicledb.app.api.remoteread.ReadRequests.hints;
import static io.chronicledb.app.api.remoteread.ReadRequests.matcher;
import static io.chronicledb.app.api.remoteread.ReadRequests.query;
import static io.chronicledb.app.ingest.remotewrite.WriteRequests.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.app.ingest.remotewrite.WriteRequests.Fields;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TagMatcher.Op;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadRequestTest {

  @Test
  void readsQueriesMatchersAndPassesOverHints() {
    byte[] bytes = message(
        query(-5, 1_000, matcher(0, "__name__", "up"), matcher(3, "job", "a|b"), hints()),
        query(0, 0, matcher(1, "x", "")));
    ReadRequest request = ReadRequest.decode(bytes);
    assertThat(request.chunks()).isFalse();
    assertThat(request.queries()).hasSize(2);
    ReadRequest.Query first = request.queries().get(0);
    assertThat(first.start()).isEqualTo(-5);
    assertThat(first.end()).isEqualTo(1_000);
    assertThat(first.matchers())
        .containsExactly(TagMatcher.metric("up"), new TagMatcher("job", Op.NOT_REGEX, "a|b"));
    assertThat(request.queries().get(1).matchers())
        .containsExactly(new TagMatcher("x", Op.NOT_EQUAL, ""));
  }

  @Test
  void takesTheFirstAcceptedFormThatItKnows() {
    assertThat(ReadRequest.decode(message(out -> out.writeEnum(2, 1))).chunks()).isTrue();
    assertThat(ReadRequest.decode(message(out -> out.writeEnum(2, 0), out -> out.writeEnum(2, 1)))
            .chunks())
        .isFalse();
    assertThat(ReadRequest.decode(message(out -> out.writeEnum(2, 9), out -> out.writeEnum(2, 1)))
            .chunks())
        .isTrue();
    assertThat(ReadRequest.decode(message(out -> out.writeByteArray(2, new byte[] {9, 1, 0})))
            .chunks())
        .isTrue();
    assertThat(ReadRequest.decode(new byte[0]).chunks()).isFalse();
    assertThatThrownBy(() -> ReadRequest.decode(message(out -> out.writeEnum(2, 9))))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("STREAMED_XOR_CHUNKS");
  }

  @Test
  void refusesWhatIsMalformedOrTooMuch() {
    assertThatThrownBy(() -> ReadRequest.decode(message(query(0, 1, matcher(4, "a", "b")))))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("type 4");
    assertThatThrownBy(() -> ReadRequest.decode(message(query(
            0,
            1,
            out -> out.writeByteArray(
                3, message(matcher -> matcher.writeByteArray(2, new byte[] {(byte) 0xff})))))))
        .isInstanceOf(BadDataException.class)
        .hasMessageContaining("UTF-8");
    Fields[] queries = Stream.generate(() -> query(0, 1))
        .limit(ReadRequest.QUERIES_MAX + 1)
        .toArray(Fields[]::new);
    assertThatThrownBy(() -> ReadRequest.decode(message(queries)))
        .isInstanceOf(BadDataException.class);
    Fields[] matchers = Stream.generate(() -> matcher(0, "a", "b"))
        .limit(ReadRequest.MATCHERS_MAX + 1)
        .toArray(Fields[]::new);
    assertThatThrownBy(() -> ReadRequest.decode(message(query(0, 1, matchers))))
        .isInstanceOf(BadDataException.class);
  }

  @Test
  void answersAnyBytesWithARequestOrATypedError() {
    byte[] sound =
        message(query(1, 2, matcher(0, "name", "value"), hints()), o -> o.writeEnum(2, 1));
    for (int length = 0; length < sound.length; length++) {
      decodeOrRefuse(Arrays.copyOf(sound, length));
    }
    var random = new Random(42);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = sound.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      decodeOrRefuse(bytes);
    }
  }

  private static void decodeOrRefuse(byte[] bytes) {
    try {
      assertThat(ReadRequest.decode(bytes)).isNotNull();
    } catch (BadDataException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
