// The tool of Sdk.Hello with the OpenTelemetry SDK in place of ours: a span for the command, one for the feature, and batches sent by OTLP
// to OTEL_EXPORTER_OTLP_ENDPOINT.
using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

using var source = new ActivitySource("bench");
using var provider = Sdk.CreateTracerProviderBuilder()
    .AddSource("bench")
    .AddOtlpExporter(options => options.Protocol = OtlpExportProtocol.HttpProtobuf)
    .Build();
using var command = source.StartActivity("hello");
using (var feature = source.StartActivity("greeting"))
{
    feature?.SetTag("target", "production");
    feature?.SetTag("count", 3);
}

Console.WriteLine("Hello, world!");
