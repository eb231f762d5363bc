@NullMarked
package io.headgate.policy.report;

import org.jspecify.annotations.NullMarked;
