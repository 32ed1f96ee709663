/**
 * Native histograms as values: a whole distribution in one sample. Arithmetic, comparison and estimates give what Prometheus gives, bit
 * for bit where its own results do not depend on the processor.
 *
 * <pre>
 * schema s from -4 to 8   bucket i ends at 2^(i * 2^-s), absolute; positive buckets (lower, upper], negative ones [lower, upper)
 * zero bucket             [-zero threshold, zero threshold]
 * schema -53              custom buckets: bucket i is (bound i-1, bound i], the last one ends at +Inf; positive buckets only
 * </pre>
 *
 * {@link io.chronicledb.engine.histogram.BucketLayout} says which buckets there are, {@link
 * io.chronicledb.engine.histogram.NativeHistogram} what they hold; many histograms of a series share one layout. Counts are doubles, since
 * queries make fractions of them; a histogram of whole numbers is an integer histogram. The stale marker is a histogram whose sum has
 * the marker's bits; nothing else of it means anything.
 */
@NullMarked
package io.chronicledb.engine.histogram;

import org.jspecify.annotations.NullMarked;
