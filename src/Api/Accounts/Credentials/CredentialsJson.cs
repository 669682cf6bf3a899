using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>The request and response bodies of passwords and second factors.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(CodeBody))]
[JsonSerializable(typeof(CsrfBody))]
[JsonSerializable(typeof(PasswordBody))]
internal sealed partial class CredentialsJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static CredentialsJson Wire => field ??= new(Default.Options.ForWire());
}
