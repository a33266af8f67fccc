//! The numbers for Prometheus: how their values are spread.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

/// Limits of the buckets for what takes time, in seconds.
const SECONDS: &[f64] = &[0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Limits of the buckets for what comes together in a room's batch, up to the most that one holds.
const REQUESTS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// What collects the numbers; each kind of value has buckets that fit it.
pub fn collector() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_requests".to_owned()), REQUESTS)
}

#[cfg(test)]
mod tests {
    use tillsync_server::config::BATCH_MAX;

    use super::*;

    #[test]
    fn buckets_are_in_the_unit_of_the_metric() {
        let recorder = collector().expect("the buckets are no empty lists").build_recorder();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!("tillsync_commit_seconds").record(0.003);
            metrics::histogram!("tillsync_batch_requests").record(3.0);
            metrics::histogram!("tillsync_batch_requests").record(BATCH_MAX as f64);
        });
        let text = recorder.handle().render();
        for (line, why) in [
            ("tillsync_commit_seconds_bucket{le=\"0.002\"} 0", "3 ms are more than 2"),
            ("tillsync_commit_seconds_bucket{le=\"0.005\"} 1", "and less than 5"),
            ("tillsync_batch_requests_bucket{le=\"2\"} 0", "three are more than two"),
            ("tillsync_batch_requests_bucket{le=\"4\"} 1", "and less than four"),
            (&format!("tillsync_batch_requests_bucket{{le=\"{BATCH_MAX}\"}} 2"), "no batch is larger"),
        ] {
            assert!(text.lines().any(|other| other == line), "{line}: {why}\n{text}");
        }
    }
}
