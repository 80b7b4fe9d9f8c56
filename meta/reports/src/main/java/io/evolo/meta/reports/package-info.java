/**
 * Reports: what a run directory says, as one self-contained page, as figures and as numbers. Everything here reads files; nothing
 * knows a running job.
 */
package io.evolo.meta.reports;
