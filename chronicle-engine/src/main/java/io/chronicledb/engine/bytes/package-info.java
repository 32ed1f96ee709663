/** Bits, varints and checksums: the alphabet of every file format of Chronicle. Little-endian throughout. */
@NullMarked
package io.chronicledb.engine.bytes;

import org.jspecify.annotations.NullMarked;
