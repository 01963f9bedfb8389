/** Bugs planted in a copy of a module's sources, to show that its simulation catches them. */
@NullMarked
package dev.sluice.testkit.planted;

import org.jspecify.annotations.NullMarked;
