using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>The bodies of the requests and responses of sign-ups.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(SignUpBody))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(AccountBody))]
[JsonSerializable(typeof(OptionsBody))]
internal sealed partial class SignUpJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static SignUpJson Wire => field ??= new(Default.Options.ForWire());
}
