/**
 * Merges stored blocks, so that queries meet few of them, applies deletions, and gives space back.
 *
 * <p><b>What is merged.</b> Time is cut into <i>spans</i> of about a day. While points of a span still arrive, {@value
 * io.chronicledb.engine.maintenance.compaction.CompactionPolicy#FANOUT} neighbours of about one size become one block: each point is
 * written once per level, so log<sub>8</sub> of the number of flushes in a span. Once a span is quiet, all its blocks are coalesced into
 * one, encoded for keeps: a chunk then covers hours and carries its directory entry. Points that come later pile up beside it, merged as
 * before, and are coalesced into it when they have grown to a share of {@value
 * io.chronicledb.engine.maintenance.compaction.CompactionPolicy#LATE_SHARE}th, so a late point costs the writing of at most as many
 * others. A point of a span with <i>n</i> flushes is written at most log<sub>8</sub>(n) + 3 times over its life: flush, levels, coalescing,
 * and twice where late points join.
 *
 * <p><b>Order.</b> Of one series and timestamp the higher sequence wins, and readers tell blocks apart by their first sequence. A merge
 * therefore takes blocks only if no block outside of it both overlaps one of them in time and stands between in sequence, with the same
 * first sequence as the result included: blocks that share one, parts of a flush and what came of them, have no sample in common, so that
 * it does not matter which of them is read first.
 *
 * <p><b>Deletions.</b> Every merge applies those that concern its blocks, and raises the last sequence of what it writes to theirs. Blocks
 * that are hidden as a whole are dropped without being read; others are rewritten where a deleted series is in them.
 */
@NullMarked
package io.chronicledb.engine.maintenance.compaction;

import org.jspecify.annotations.NullMarked;
