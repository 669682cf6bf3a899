using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using TelemetryKit.Api.Operations;

namespace TelemetryKit.Api.Tests.Operations;

public sealed class PrometheusTextTests
{
    [Fact]
    public void A_counter_is_written_with_its_unit_and_total()
    {
        Assert.Equal(
            """
            # HELP app_sent_bytes_total What was sent.
            # TYPE app_sent_bytes_total counter
            app_sent_bytes_total{to="a"} 7
            app_sent_bytes_total{to="b"} 1

            """,
            Write(meter =>
            {
                var sent = meter.CreateCounter<long>("app.sent", "By", "What was sent.");
                sent.Add(3, new KeyValuePair<string, object?>("to", "a"));
                sent.Add(4, new KeyValuePair<string, object?>("to", "a"));
                sent.Add(1, new KeyValuePair<string, object?>("to", "b"));
            }));
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        Assert.Equal(
            """
            # TYPE app_time_seconds histogram
            app_time_seconds_bucket{le="0.1"} 1
            app_time_seconds_bucket{le="1"} 3
            app_time_seconds_bucket{le="+Inf"} 4
            app_time_seconds_sum 11.05
            app_time_seconds_count 4

            """,
            Write(meter =>
            {
                var time = meter.CreateHistogram("app.time", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
                foreach (var value in new[] { 0.05, 0.5, 0.5, 10 })
                    time.Record(value);
            }));
    }

    [Fact]
    public void Gauges_and_counters_that_go_down_are_gauges()
    {
        Assert.Equal(
            """
            # TYPE app_open gauge
            app_open 2
            # TYPE app_used_ratio gauge
            app_used_ratio 0.25

            """,
            Write(meter =>
            {
                meter.CreateUpDownCounter<int>("app.open", "{connection}").Add(2);
                meter.CreateObservableGauge("app.used", () => 0.25, "1");
            }));
    }

    [Fact]
    public void Labels_and_help_are_escaped()
    {
        Assert.Equal(
            """
            # HELP app_odd_total Two\nlines and a \\.
            # TYPE app_odd_total counter
            app_odd_total{_9="true",a_label="a \"quote\", a \\ and a\nline"} 1

            """,
            Write(meter => meter.CreateCounter<int>("app.odd", "", "Two\nlines and a \\.").Add(
                1, new KeyValuePair<string, object?>("a-label", "a \"quote\", a \\ and a\nline"), new KeyValuePair<string, object?>("9", true))));
    }

    [Fact]
    public void A_name_is_written_once()
    {
        var text = Write(meter =>
        {
            meter.CreateCounter<int>("app.twice").Add(1);
            meter.CreateCounter<int>("app/twice").Add(1);
        });
        Assert.Single(text.Split('\n'), line => line.StartsWith("# TYPE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a.b", "s", true, false, "a_b_seconds_total")]
    [InlineData("a.seconds", "s", false, true, "a_seconds")]
    [InlineData("a.total", "", true, false, "a_total")]
    [InlineData("a", "{thing}", false, true, "a")]
    [InlineData("a", "1", true, false, "a_total")]
    [InlineData("a", "1", false, true, "a_ratio")]
    [InlineData("a..b--c", "km/h", false, true, "a_b_c_km_h")]
    [InlineData("9a", "%", false, true, "_9a_percent")]
    public void Names_follow_the_convention(string name, string unit, bool isCounter, bool isGauge, string expected) =>
        Assert.Equal(expected, PrometheusName.OfMetric(name, unit, isCounter, isGauge));

    private static string Write(Action<Meter> record)
    {
        using var meter = new Meter("test-" + Guid.NewGuid());
        using var exporter = new PrometheusExporter();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name)
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative }).Build();
        record(meter);
        return exporter.Scrape()!.ReplaceLineEndings();
    }
}
