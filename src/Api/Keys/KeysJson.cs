using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Keys;

/// <summary>The request and response bodies of keys and API tokens.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(NewKeyBody))]
[JsonSerializable(typeof(RotateBody))]
[JsonSerializable(typeof(CreatedKeyBody))]
[JsonSerializable(typeof(KeysBody))]
[JsonSerializable(typeof(NewTokenBody))]
[JsonSerializable(typeof(CreatedTokenBody))]
[JsonSerializable(typeof(ApiTokensBody))]
internal sealed partial class KeysJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static KeysJson Wire => field ??= new(Default.Options.ForWire());
}
