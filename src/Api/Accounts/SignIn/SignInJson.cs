using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Accounts.SignIn;

/// <summary>The request and response bodies of sign-ins.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(SignInBody))]
[JsonSerializable(typeof(EmailBody))]
[JsonSerializable(typeof(ResetBody))]
[JsonSerializable(typeof(SignedInBody))]
internal sealed partial class SignInJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static SignInJson Wire => field ??= new(Default.Options.ForWire());
}
