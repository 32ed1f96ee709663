/**
 * Column codecs. A codec turns one column of a chunk into bytes and back; the loops work on primitives. A codec's id stands in the
 * chunk directory, so a released codec is never edited: a better one gets a new id.
 */
@NullMarked
package io.chronicledb.engine.codec;

import org.jspecify.annotations.NullMarked;
