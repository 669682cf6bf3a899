using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Notices;

/// <summary>The stored data of waiting notices. Other versions of the server may read it: members are added, never renamed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PlanMail))]
internal sealed partial class NoticesJson : JsonSerializerContext;
