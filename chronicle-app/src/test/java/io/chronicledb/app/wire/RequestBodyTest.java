package io.chronicledb.app.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.app.problem.RequestRefusedException;
import io.chronicledb.engine.error.BadDataException;
import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.ErrorCode;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.mock.web.DelegatingServletInputStream;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestBodyTest {

  private final BodyMemory memory = new BodyMemory();

  @AfterEach
  void givesAllMemoryBack() {
    assertThat(memory.used()).isZero();
  }

  @Test
  void readsTheLimitAndRefusesOneBeyond() throws IOException {
    try (RequestBody body = RequestBody.read(request(noise(RequestBody.BYTES_MAX)), memory)) {
      assertThat(body.length()).isEqualTo(RequestBody.BYTES_MAX);
    }
    assertTooLarge(request(noise(RequestBody.BYTES_MAX + 1)));
  }

  @Test
  void refusesOneBeyondWhenNoLengthIsDeclared() {
    assertTooLarge(withoutLength(noise(RequestBody.BYTES_MAX + 1)));
  }

  @Test
  void undoesGzip() throws IOException {
    byte[] content = noise(100_000);
    var request = request(gzip(content));
    request.addHeader("Content-Encoding", "GZIP");
    try (RequestBody body = RequestBody.read(request, memory)) {
      assertThat(Arrays.copyOf(body.bytes(), body.length())).isEqualTo(content);
    }
  }

  @Test
  void readsEveryMemberOfGzipHoweverItArrives() throws IOException {
    byte[] members = concat(gzip(noise(30)), gzip(new byte[0]), gzip(noise(40)));
    try (RequestBody body = RequestBody.read(trickling(members), memory)) {
      assertThat(body.length()).isEqualTo(70);
    }
  }

  @Test
  void readsManyEmptyMembersOfGzip() throws IOException {
    byte[] empty = gzip(new byte[0]);
    var members = new byte[empty.length * 100_000];
    for (int i = 0; i < members.length; i += empty.length) {
      System.arraycopy(empty, 0, members, i, empty.length);
    }
    try (RequestBody body = RequestBody.read(encoded(members), memory)) {
      assertThat(body.length()).isZero();
    }
  }

  @Test
  void refusesWhatFollowsGzipAndIsNone() throws IOException {
    byte[] sound = gzip(noise(30));
    byte[] cut = Arrays.copyOf(sound, sound.length - 1);
    for (byte[] bytes :
        new byte[][] {concat(sound, new byte[] {1, 2, 3}), concat(sound, cut), cut, {}, {0x1f}}) {
      assertThatThrownBy(() -> RequestBody.read(trickling(bytes), memory))
          .isInstanceOf(BadDataException.class)
          .hasMessageContaining("gzip");
    }
  }

  @Test
  void limitsWhatGzipExpandsTo() throws IOException {
    // Half zeros, half noise: far below the ratio, above the size.
    var content = new byte[RequestBody.DECODED_BYTES_MAX + 1];
    byte[] noise = noise(8 << 20);
    System.arraycopy(noise, 0, content, 0, noise.length);
    assertTooLarge(gzipped(content));
    try (RequestBody body =
        RequestBody.read(gzipped(Arrays.copyOf(content, content.length - 1)), memory)) {
      assertThat(body.length()).isEqualTo(RequestBody.DECODED_BYTES_MAX);
    }
  }

  @Test
  void limitsTheRatioThatGzipExpandsBy() throws IOException {
    assertTooLarge(gzipped(new byte[10 << 20]));
  }

  @Test
  void refusesGzipThatIsCutOffOrDamaged() throws IOException {
    byte[] sound = gzip(noise(50_000));
    for (byte[] bytes :
        new byte[][] {Arrays.copyOf(sound, sound.length / 2), new byte[] {1, 2, 3}, new byte[0]}) {
      var request = request(bytes);
      request.addHeader("Content-Encoding", "gzip");
      assertThatThrownBy(() -> RequestBody.read(request, memory))
          .isInstanceOf(BadDataException.class);
    }
  }

  @Test
  void refusesOtherEncodings() {
    var request = request(new byte[3]);
    request.addHeader("Content-Encoding", "br");
    assertThatThrownBy(() -> RequestBody.read(request, memory))
        .isInstanceOfSatisfying(
            RequestRefusedException.class,
            e -> assertThat(e.status()).isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE));
  }

  @Test
  void refusesWhatDoesNotFitTheMemoryOfAllRequests() throws IOException {
    var little = new BodyMemory(1 << 20);
    try (RequestBody body = RequestBody.read(request(noise(300_000)), little)) {
      assertThat(body.length()).isEqualTo(300_000);
      assertThatThrownBy(() -> RequestBody.read(request(noise(600_000)), little))
          .isInstanceOfSatisfying(
              ChronicleException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED));
    }
    assertThat(little.used()).isZero();
  }

  private void assertTooLarge(MockHttpServletRequest request) {
    assertThatThrownBy(() -> RequestBody.read(request, memory))
        .isInstanceOfSatisfying(
            RequestRefusedException.class,
            e -> assertThat(e.status()).isEqualTo(HttpStatus.CONTENT_TOO_LARGE));
  }

  private static MockHttpServletRequest gzipped(byte[] content) throws IOException {
    return encoded(gzip(content));
  }

  private static MockHttpServletRequest encoded(byte[] bytes) {
    var request = request(bytes);
    request.addHeader("Content-Encoding", "gzip");
    return request;
  }

  /** One byte a read and never more at hand, as from a slow network. */
  private static MockHttpServletRequest trickling(byte[] bytes) {
    var request = new MockHttpServletRequest("POST", "/write") {
      @Override
      public ServletInputStream getInputStream() {
        return new DelegatingServletInputStream(new ByteArrayInputStream(bytes)) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(1, length));
          }

          @Override
          public int available() {
            return 0;
          }
        };
      }
    };
    request.addHeader("Content-Encoding", "gzip");
    return request;
  }

  private static byte[] concat(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static MockHttpServletRequest request(byte[] bytes) {
    var request = new MockHttpServletRequest("POST", "/write");
    request.setContent(bytes);
    return request;
  }

  private static MockHttpServletRequest withoutLength(byte[] bytes) {
    var request = new MockHttpServletRequest("POST", "/write") {
      @Override
      public long getContentLengthLong() {
        return -1;
      }
    };
    request.setContent(bytes);
    return request;
  }

  private static byte[] noise(int length) {
    var bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static byte[] gzip(byte[] content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }
}
