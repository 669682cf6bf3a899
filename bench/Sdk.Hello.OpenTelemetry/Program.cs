// The same tool with the OpenTelemetry SDK set up for the same job: a span for the command, one for the feature, batches sent by OTLP.
// OTEL_EXPORTER_OTLP_ENDPOINT says where to.
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
