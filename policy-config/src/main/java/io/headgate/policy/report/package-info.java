/** The problems of policies in the formats that people, editors and pipelines read. */
@NullMarked
package io.headgate.policy.report;

import org.jspecify.annotations.NullMarked;
