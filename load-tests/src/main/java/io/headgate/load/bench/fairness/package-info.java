/** What a decision costs inside this process: JMH benchmarks of the stores and guards that ask nobody, and their memory. */
@NullMarked
package io.headgate.load.bench.fairness;

import org.jspecify.annotations.NullMarked;
