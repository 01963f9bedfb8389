/**
 * A week of earthquakes, delivered by a producer that repeats itself to a consumer that is killed,
 * and each in the table once. {@link dev.sluice.examples.earthquakes.EarthquakeDemo} runs it all;
 * {@link dev.sluice.examples.earthquakes.EarthquakeService} is what an application would write.
 */
@NullMarked
package dev.sluice.examples.earthquakes;

import org.jspecify.annotations.NullMarked;
