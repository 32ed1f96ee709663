/** Chooses where the database keeps its blocks and its log, from {@code chronicle.storage.*}. */
@NullMarked
package io.chronicledb.boot.autoconfigure.storage;

import org.jspecify.annotations.NullMarked;
