using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>The bodies of sign-ups, both ways, and what is stored of one until its link is followed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(SignUpBody))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(PendingSignUp))]
[JsonSerializable(typeof(AccountBody))]
[JsonSerializable(typeof(OptionsBody))]
internal sealed partial class SignUpJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static SignUpJson Wire => field ??= new(Default.Options.ForWire());
}
