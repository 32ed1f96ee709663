package io.chronicledb.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.error.CorruptionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteStreamTest {

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        -1,
        63,
        64,
        127,
        128,
        16383,
        16384,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE
      })
  void readsBackVarints(long value) {
    var out = new ByteWriter(0);
    out.writeUnsignedVarint(value);
    out.writeVarint(value);
    var in = new ByteReader(out.toByteArray());
    assertThat(in.readUnsignedVarint()).isEqualTo(value);
    assertThat(in.readVarint()).isEqualTo(value);
    assertThat(in.remaining()).isZero();
  }

  @Test
  void readsBackEveryType() {
    var out = new ByteWriter(0);
    out.writeByte(0xFE);
    out.writeInt(0xCAFEBABE);
    out.writeLong(Long.MIN_VALUE + 1);
    out.writeDouble(Double.longBitsToDouble(0x7FF0_0000_0000_0002L));
    out.writeString("zürich \uD83D\uDE00");
    out.writeZeros(3);
    out.setInt(1, 7);
    var in = new ByteReader(out.toByteArray());
    assertThat(in.readByte()).isEqualTo(0xFE);
    assertThat(in.readInt()).isEqualTo(7);
    assertThat(in.readLong()).isEqualTo(Long.MIN_VALUE + 1);
    assertThat(Double.doubleToRawLongBits(in.readDouble())).isEqualTo(0x7FF0_0000_0000_0002L);
    assertThat(in.readString()).isEqualTo("zürich \uD83D\uDE00");
    assertThat(in.readBytes(3)).containsOnly(0);
    assertThat(in.remaining()).isZero();
  }

  @Test
  void reportsEveryReadPastTheEndAsCorruption() {
    refuses(ByteReader::readByte, new byte[0]);
    refuses(ByteReader::readInt, new byte[3]);
    refuses(ByteReader::readLong, new byte[7]);
    refuses(ByteReader::readDouble, new byte[7]);
    refuses(ByteReader::readUnsignedVarint, new byte[] {-1, -1});
    refuses(ByteReader::readString, new byte[] {5, 'a', 'b'});
    refuses(in -> in.readBytes(2), new byte[1]);
    refuses(in -> in.readBytes(-1), new byte[1]);
    refuses(in -> in.skip(2), new byte[1]);
    refuses(
        ByteReader::readUnsignedVarint, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
  }

  @Test
  void refusesCountsThatCannotFitWhatIsLeft() {
    for (long count : new long[] {3, 1L << 31, 1L << 61, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
      var out = new ByteWriter(16);
      out.writeUnsignedVarint(count);
      out.writeZeros(16);
      refuses(in -> in.readCount(8), out.toByteArray());
    }
  }

  private static void refuses(Consumer<ByteReader> read, byte[] bytes) {
    assertThatThrownBy(() -> read.accept(new ByteReader(bytes)))
        .isInstanceOf(CorruptionException.class);
    // The same bytes at the end of a range, where the array goes on.
    var longer = new byte[bytes.length + 20];
    System.arraycopy(bytes, 0, longer, 4, bytes.length);
    assertThatThrownBy(() -> read.accept(new ByteReader(longer, 4, bytes.length)))
        .isInstanceOf(CorruptionException.class);
  }

  @Test
  void aReaderGoesOnWithAnotherArray() {
    var in = new ByteReader(new byte[] {1, 2, 3});
    in.readByte();
    in.reset(new byte[] {4, 5, 6, 7}, 1, 2);
    assertThat(in.position()).isZero();
    assertThat(in.readByte()).isEqualTo(5);
    assertThat(in.remaining()).isEqualTo(1);
    assertThatThrownBy(() -> in.reset(new byte[4], 3, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aWriterTakesInWhatWasPutBehindItsContent() {
    var out = new ByteWriter(1);
    out.writeByte(1);
    out.ensure(100);
    out.array()[1] = 2;
    out.advance(1);
    assertThat(out.toByteArray()).containsExactly(1, 2);
    assertThatThrownBy(() -> out.advance(1 << 20)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
