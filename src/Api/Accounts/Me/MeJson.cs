using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Accounts.Me;

/// <summary>The bodies of requests and responses about the caller's account.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(MeBody))]
[JsonSerializable(typeof(ChangeEmailBody))]
[JsonSerializable(typeof(OwnersLinkBody))]
[JsonSerializable(typeof(ChangePasswordBody))]
[JsonSerializable(typeof(PasswordAndCodeBody))]
[JsonSerializable(typeof(TotpBody))]
[JsonSerializable(typeof(RecoveryCodesBody))]
[JsonSerializable(typeof(SessionsBody))]
[JsonSerializable(typeof(SignInsBody))]
internal sealed partial class MeJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static MeJson Wire => field ??= new(Default.Options.ForWire());
}
