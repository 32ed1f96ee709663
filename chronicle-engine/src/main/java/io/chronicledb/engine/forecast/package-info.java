/** What comes next, from what was: forecasts of equally spaced values, as plain arithmetic. */
@NullMarked
package io.chronicledb.engine.forecast;

import org.jspecify.annotations.NullMarked;
