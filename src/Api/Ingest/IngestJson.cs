using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Ingest;

/// <summary>The body of the response to a batch, only for the OpenAPI document: <see cref="IngestResponse"/> writes it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(VerdictsBody))]
internal sealed partial class IngestJson : JsonSerializerContext;
