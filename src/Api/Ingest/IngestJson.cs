using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Ingest;

/// <summary>The body of a batch's verdicts, for the OpenAPI document alone: <see cref="IngestAnswer"/> writes it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(VerdictsBody))]
internal sealed partial class IngestJson : JsonSerializerContext;
