/** The figures of the database as meters. */
@NullMarked
package io.chronicledb.boot.metrics;

import org.jspecify.annotations.NullMarked;
