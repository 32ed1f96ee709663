/** The errors that every package throws; concrete exceptions with a home live where they are thrown. */
@NullMarked
package io.chronicledb.engine.error;

import org.jspecify.annotations.NullMarked;
