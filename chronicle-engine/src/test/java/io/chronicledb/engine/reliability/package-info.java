/**
 * What the reliability tests leave behind and what breaks them on purpose: evidence of each run, the page made from it, and copies of the
 * engine in which one rule is broken.
 */
package io.chronicledb.engine.reliability;
