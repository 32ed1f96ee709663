package io.chronicledb.engine.codec;

import java.util.Arrays;

/**
 * Where {@link EntropyEncoder} parts residuals into symbols and low bits: whatever takes the fewest bits. A sample says where most
 * residuals lie; they are counted in fine buckets there, and coarser ones follow by merging neighbours.
 */
final class ResidualBuckets {

  private static final int SAMPLE = 256;
  /** A value that is at least so many of the sample may be worth a symbol of its own. */
  private static final int SPIKE_MIN = SAMPLE / 32;

  /** Buckets at the finest resolution that is tried. */
  private static final int FINE_MAX = 1024;
  /** Resolutions that are tried: each twice as coarse as the one before. */
  private static final int RESOLUTIONS = 5;

  private static final int TAIL = 4;
  private static final float SYMBOL_BITS = 5.5f;
  private static final int HEADER_BITS = 100;

  /** The first residual of the core. */
  long base;

  /** Low bits of a residual; the others number its bucket. */
  int shift;

  /** Buckets that are symbols of their own. */
  int core;

  /** Whether {@link #spike} is a symbol of its own. */
  boolean spiked;

  /** A single residual, most often 0, that occurs far more often than its neighbours. */
  long spike;

  /** The residuals but for the spikes. */
  final long[] rest = new long[ChunkEncoder.SAMPLES_MAX];

  int restCount;

  private final long[] sample = new long[SAMPLE];
  private final int[] fine = new int[FINE_MAX];
  private final int[] fineBelow = new int[EntropyEncoder.FAR_MAX];
  private final int[] fineAbove = new int[EntropyEncoder.FAR_MAX];
  private int sampled;
  private float bestBits;

  /** Chooses for {@code residuals[from..to)}, of which there is at least one; returns the bits that they take. */
  long choose(long[] residuals, int from, int to) {
    int count = to - from;
    System.arraycopy(residuals, from, rest, 0, count);
    restCount = count;
    spiked = false;
    bestBits = Float.MAX_VALUE;
    chooseForRest(0);
    if (shift > 0 && findSpike()) {
      int kept = 0;
      for (int i = from; i < to; i++) {
        rest[kept] = residuals[i];
        kept += residuals[i] == spike ? 0 : 1;
      }
      restCount = kept;
      float before = bestBits;
      chooseForRest(SYMBOL_BITS - EntropyTable.countTimesLog2(count - kept));
      spiked = bestBits < before;
      if (!spiked) {
        System.arraycopy(residuals, from, rest, 0, count);
        restCount = count;
      }
    }
    trimCore();
    return (long) (bestBits + EntropyTable.countTimesLog2(count)) + HEADER_BITS;
  }

  /** The most frequent residual of the sample, if it is frequent enough. */
  private boolean findSpike() {
    int most = SPIKE_MIN - 1;
    for (int i = 0, run = 1; i < sampled; i++) {
      run = i > 0 && sample[i] == sample[i - 1] ? run + 1 : 1;
      if (run > most) {
        most = run;
        spike = sample[i];
      }
    }
    return most >= SPIKE_MIN && most < sampled;
  }

  private void chooseForRest(float otherBits) {
    sampled = Math.min(SAMPLE, restCount);
    if (sampled == 0) {
      return;
    }
    for (int i = 0; i < sampled; i++) {
      sample[i] = rest[i * restCount / sampled];
    }
    Arrays.sort(sample, 0, sampled);
    long spread = sample[sampled - 1 - sampled / 6] - sample[sampled / 6];
    int finest = Math.max(0, IntegerPacking.width(spread) - 5);
    tryRange(0, finest, otherBits);
    if (sampled > 2 * TAIL) {
      tryRange(TAIL, finest, otherBits);
    }
  }

  /** Tries a core that holds the sample but for {@code cut} on either side. */
  private void tryRange(int cut, int finest, float otherBits) {
    long half = finest > 53 ? Long.MAX_VALUE : (long) (FINE_MAX / 2) << finest;
    long median = sample[sampled / 2];
    long toFirst = median - sample[cut];
    long low = toFirst < 0 || toFirst > half ? median - half : sample[cut];
    long toLast = sample[sampled - 1 - cut] - median;
    long high = toLast < 0 || toLast >= half ? median + half - 1 : sample[sampled - 1 - cut];
    int merged = 1 << (RESOLUTIONS - 1);
    int buckets = Math.min(FINE_MAX, (int) (((high - low) >>> finest) + merged) & -merged);
    count(low, finest, buckets);
    for (int coarser = 0; coarser < RESOLUTIONS && finest + coarser < 64; coarser++) {
      if (buckets >> coarser > EntropyEncoder.CORE_MAX) {
        continue;
      }
      float bits = otherBits
          + (float) restCount * (finest + coarser)
          + coreBits(buckets, coarser)
          + farBits(fineBelow, coarser)
          + farBits(fineAbove, coarser);
      if (bits < bestBits) {
        bestBits = bits;
        base = low;
        shift = finest + coarser;
        core = buckets >> coarser;
      }
    }
  }

  private void count(long low, int finest, int buckets) {
    Arrays.fill(fine, 0, buckets, 0);
    Arrays.fill(fineBelow, 0);
    Arrays.fill(fineAbove, 0);
    for (int i = 0; i < restCount; i++) {
      long q = (rest[i] - low) >> finest;
      if (q >= 0 && q < buckets) {
        fine[(int) q]++;
      } else if (q < 0) {
        fineBelow[IntegerPacking.width(-1 - q)]++;
      } else {
        fineAbove[IntegerPacking.width(q - buckets)]++;
      }
    }
  }

  /** What the symbols of the core take, but for n log n of all residuals, which is the same for every choice. */
  private float coreBits(int buckets, int coarser) {
    float bits = 0;
    int width = 1 << coarser;
    for (int i = 0; i < buckets; i += width) {
      int n = 0;
      for (int j = i; j < i + width; j++) {
        n += fine[j];
      }
      bits += n == 0 ? 1 : SYMBOL_BITS - EntropyTable.countTimesLog2(n);
    }
    return bits;
  }

  private static float farBits(int[] far, int coarser) {
    float bits = 0;
    int near = 0;
    for (int width = 0; width < EntropyEncoder.FAR_MAX; width++) {
      near += far[width];
      if (width < coarser || near == 0) {
        continue;
      }
      bits += SYMBOL_BITS
          - EntropyTable.countTimesLog2(near)
          + (float) near * Math.max(0, width - coarser - 1);
      near = 0;
    }
    return bits;
  }

  /** Takes empty buckets off both ends of the core, where nothing lies beyond them. */
  private void trimCore() {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < restCount; i++) {
      long q = (rest[i] - base) >> shift;
      min = Math.min(min, q);
      max = Math.max(max, q);
    }
    if (max >= 0 && max < core) {
      core = (int) max + 1;
    }
    if (min > 0 && min < core) {
      core -= (int) min;
      base += min << shift;
    }
  }
}
